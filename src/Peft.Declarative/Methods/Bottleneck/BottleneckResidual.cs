namespace Peft.Declarative;

/// <summary>What goes past a bottleneck and is added to its result.</summary>
public enum BottleneckResidual
{
    /// <summary>The sublayer's result, without the sublayer's own residual.</summary>
    Result,

    /// <summary>What the adapter reads: with <see cref="SublayerAdapterAttribute.SumBefore"/> the normalised sum.</summary>
    Normalised,

    /// <summary>The sum of the sublayer and its residual, not normalised. Steitz, Roth 2024, arXiv 2406.06820.</summary>
    Sum,
}
