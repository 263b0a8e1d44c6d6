using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.PromptTuning;

/// <summary>A declared soft prompt.</summary>
internal sealed record PromptTuningSpec(AdapterIdentity Identity) : LearnedInputSpec(Identity)
{
    public required PromptInit Init { get; init; }

    public string? InitText { get; init; }

    public string? Tokenizer { get; init; }
}
