using Peft.Declarative.Methods.MixAndMatch;

namespace Peft.Declarative;

/// <summary>
/// The mix-and-match adapter (MAM): <paramref name="tokens"/> trained keys and values beside the text in every attention layer, computed by a
/// network, and a scaled bottleneck parallel to every feed-forward network. It declares both as one adapter. He et al. 2021, arXiv 2110.04366.
/// </summary>
/// <param name="tokens">The number of trained keys in each attention layer, at least 1. The default is 30.</param>
/// <example>
/// <code>
/// [MixAndMatch]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class MixAndMatchAttribute(int tokens = MixAndMatchFacts.Tokens) : AdapterAttribute
{
    /// <summary>The number of trained keys in each attention layer.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>The hidden width of the network that computes the keys and values, at least 1. The default is 800.</summary>
    public int ProjectionHidden { get; init; } = MixAndMatchFacts.ProjectionHidden;

    /// <summary>The ratio of the width of the hidden states to that of the bottleneck, above 0. The default is 2.</summary>
    public double Reduction { get; init; } = MixAndMatchFacts.Reduction;

    /// <summary>The factor on the bottleneck's result. The default is 4.</summary>
    public double Scale { get; init; } = MixAndMatchFacts.Scale;
}
