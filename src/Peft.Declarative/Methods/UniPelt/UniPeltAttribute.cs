using Peft.Declarative.Methods.UniPelt;

namespace Peft.Declarative;

/// <summary>
/// UniPELT: <paramref name="tokens"/> learned keys and values in every attention layer, a bottleneck after every feed-forward network and low-rank updates
/// of query and value, each behind a learned gate per row. It declares these three as one adapter. Mao et al. 2021, arXiv 2110.07577.
/// </summary>
/// <param name="tokens">Learned keys in each attention layer; 10 unless set, at least 1.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class UniPeltAttribute(int tokens = UniPeltFacts.Tokens) : AdapterAttribute
{
    /// <summary>Learned keys in each attention layer.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>Width of the network that makes the keys and values; 512 unless set, at least 1.</summary>
    public int ProjectionHidden { get; init; } = UniPeltFacts.ProjectionHidden;

    /// <summary>How many times narrower the bottleneck is than the hidden states; 16 unless set, above 0.</summary>
    public double Reduction { get; init; } = UniPeltFacts.Reduction;

    /// <summary>Rank of the low-rank updates; 8 unless set, at least 1.</summary>
    public int Rank { get; init; } = UniPeltFacts.Rank;
}
