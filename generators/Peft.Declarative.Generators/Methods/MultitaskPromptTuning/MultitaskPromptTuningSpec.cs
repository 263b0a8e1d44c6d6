using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.MultitaskPromptTuning;

/// <summary>A declared prompt that several tasks share.</summary>
internal sealed record MultitaskPromptTuningSpec(AdapterIdentity Identity) : VirtualTokenSpec(Identity)
{
    public required int Tasks { get; init; }

    public required int Ranks { get; init; }

    public required MultitaskPromptInit Init { get; init; }

    public string? InitText { get; init; }

    public string? Tokenizer { get; init; }

    public string? InitAdapter { get; init; }

    public int InitTask { get; init; }

    // The factors of all tasks are as many vectors of each kind.
    private long Factors => (long)Tasks * Ranks;

    /// <summary>Counts the trained values: the shared vectors, and two factors for each task.</summary>
    internal long? Parameters(long? width) => (Rows * width) + (Factors * (Rows + width));

    /// <summary>The width of a virtual token if there are so many values; <see langword="null"/> if their number is not known.</summary>
    internal long? WidthOf(long? values) => (values - (Factors * Rows)) / Math.Max(Rows + Factors, 1);
}
