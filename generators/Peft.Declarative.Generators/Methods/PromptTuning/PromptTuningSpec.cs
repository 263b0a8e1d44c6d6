using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.PromptTuning;

/// <summary>A declared soft prompt.</summary>
internal sealed record PromptTuningSpec : VirtualTokenSpec
{
    internal override string Method => "PromptTuning";

    /// <summary>Name of the value of PromptInit.</summary>
    public required string Init { get; init; }

    public string? InitText { get; init; }

    public string? Tokenizer { get; init; }
}
