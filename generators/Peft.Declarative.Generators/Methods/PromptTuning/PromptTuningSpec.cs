using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.PromptTuning;

/// <summary>A declared soft prompt.</summary>
internal sealed record PromptTuningSpec : AdapterSpec
{
    internal override string Method => "PromptTuning";

    internal override IReadOnlyList<string> Traits => [Method, Combinations.PutsTokensBeforeText];

    public required int Tokens { get; init; }

    /// <summary>For how many stacks of blocks there are vectors.</summary>
    public required int Stacks { get; init; }

    /// <summary>Name of the value of PromptInit.</summary>
    public required string Init { get; init; }

    public string? InitText { get; init; }

    public string? Tokenizer { get; init; }
}
