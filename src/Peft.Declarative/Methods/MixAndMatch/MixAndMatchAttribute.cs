using Peft.Declarative.Methods.MixAndMatch;

namespace Peft.Declarative;

/// <summary>
/// The mix-and-match adapter (MAM): <paramref name="tokens"/> learned keys and values beside the text in every attention layer, made by a network, and a scaled
/// bottleneck beside every feed-forward network. It declares these two as one adapter. He et al. 2021, arXiv 2110.04366.
/// </summary>
/// <param name="tokens">Learned keys in each attention layer; 30 unless set, at least 1.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class MixAndMatchAttribute(int tokens = MixAndMatchFacts.Tokens) : AdapterAttribute
{
    /// <summary>Learned keys in each attention layer.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>Width of the network that makes the keys and values; 800 unless set, at least 1.</summary>
    public int ProjectionHidden { get; init; } = MixAndMatchFacts.ProjectionHidden;

    /// <summary>How many times narrower the bottleneck is than the hidden states; 2 unless set, above 0.</summary>
    public double Reduction { get; init; } = MixAndMatchFacts.Reduction;

    /// <summary>Factor on the bottleneck's result; 4 unless set.</summary>
    public double Scale { get; init; } = MixAndMatchFacts.Scale;
}
