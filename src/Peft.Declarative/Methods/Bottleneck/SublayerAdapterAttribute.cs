namespace Peft.Declarative;

/// <summary>The settings of adapters after or parallel to sublayers.</summary>
/// <param name="reduction">The ratio of the width of the hidden states to that of the adapter, above 0.</param>
public abstract class SublayerAdapterAttribute(double reduction) : AdapterAttribute
{
    /// <summary>The ratio of the width of the hidden states to that of the adapter, above 0. The adapter is at least one wide.</summary>
    public double Reduction { get; } = reduction;

    /// <summary>
    /// The sublayers to adapt: <c>"mlp"</c> (the default), <c>"attention"</c>, <c>"cross_attention"</c>.
    /// </summary>
    public string[]? Targets { get; init; }

    /// <summary>
    /// The indices of blocks without an adapter, from 0; a decoder's follow its encoder's. The default is <see langword="null"/>, none.
    /// </summary>
    public int[]? LeaveOut { get; init; }

    /// <summary>The reductions of blocks that differ, as <c>"block=reduction"</c>. The default is <see langword="null"/>, none.</summary>
    public string[]? ReductionPattern { get; init; }

    /// <summary>The activation between the two projections. The default is that of the method's paper.</summary>
    public Activation Activation { get; init; }

    /// <summary>The constant factor on the result of the adapter. The default is that of the method's paper.</summary>
    public double Scale { get; init; }

    /// <summary>Whether the factor is trained, one for all channels or one for each. The default is no.</summary>
    public ScaleLearning LearnedScale { get; init; }

    /// <summary>
    /// Whether a trained gate per row scales the adapter. The default is <see langword="false"/>. Mao et al. 2021, arXiv 2110.07577.
    /// </summary>
    public bool Gated { get; init; }

    /// <summary>
    /// Whether the input is the sum of the sublayer and its residual, normalized if the base has a norm there. The default is that of the method's
    /// paper.
    /// </summary>
    public bool SumBefore { get; init; }

    /// <summary>
    /// Whether the sublayer's residual, and the base's norm if there is one, are applied after the adapter. The default is <see langword="true"/>.
    /// </summary>
    public bool SumAfter { get; init; } = true;

    /// <summary>The residual of the adapter. The default is the result of the sublayer.</summary>
    public BottleneckResidual Residual { get; init; }

    /// <summary>Whether the adapter begins with its own norm. The default is <see langword="false"/>.</summary>
    public bool NormBefore { get; init; }

    /// <summary>Whether the adapter ends with its own norm. The default is <see langword="false"/>.</summary>
    public bool NormAfter { get; init; }

    /// <summary>
    /// Whether the adapter's residual is added before <see cref="NormAfter"/>, and not after it. The default is <see langword="false"/>.
    /// </summary>
    public bool ResidualBeforeNormAfter { get; init; }

    /// <summary>The dropout probability on the result of the adapter during training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// The probability of skipping the adapter for a row during training, from 0 (the default) to below 1. Huang et al. 2016, arXiv 1603.09382.
    /// </summary>
    public double StochasticDepth { get; init; }

    /// <summary>The initialization of the projections. The default is that of the method's paper.</summary>
    public BottleneckInit Init { get; init; }

    /// <summary>
    /// Whether an invertible network is also trained on the embeddings, narrower by <see cref="InvertibleReduction"/>. The default is
    /// <see langword="false"/>. Pfeiffer et al. 2020, arXiv 2005.00052.
    /// </summary>
    public bool Invertible { get; init; }

    /// <summary>
    /// The ratio of the width of the half embedding, which the networks of <see cref="Invertible"/> read, to that of their hidden layers, above 0.
    /// The default is 2.
    /// </summary>
    public double InvertibleReduction { get; init; } = 2;
}
