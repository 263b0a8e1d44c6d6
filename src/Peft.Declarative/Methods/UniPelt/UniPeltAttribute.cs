using Peft.Declarative.Methods.UniPelt;

namespace Peft.Declarative;

/// <summary>
/// UniPELT: <paramref name="tokens"/> trained keys and values in every attention layer, a bottleneck after every feed-forward network and low-rank
/// updates of query and value, each with a trained gate per row. It declares the three as one adapter. Mao et al. 2021, arXiv 2110.07577.
/// </summary>
/// <param name="tokens">The number of trained keys in each attention layer, at least 1. The default is 10.</param>
/// <example>
/// <code>
/// [UniPelt]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class UniPeltAttribute(int tokens = UniPeltFacts.Tokens) : AdapterAttribute
{
    /// <summary>The number of trained keys in each attention layer.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>The hidden width of the network that computes the keys and values, at least 1. The default is 512.</summary>
    public int ProjectionHidden { get; init; } = UniPeltFacts.ProjectionHidden;

    /// <summary>The ratio of the width of the hidden states to that of the bottleneck, above 0. The default is 16.</summary>
    public double Reduction { get; init; } = UniPeltFacts.Reduction;

    /// <summary>The rank of the low-rank updates, at least 1. The default is 8.</summary>
    public int Rank { get; init; } = UniPeltFacts.Rank;
}
