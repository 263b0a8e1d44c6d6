namespace Peft.Declarative;

/// <summary>An adapter after or beside whole sublayers: which, in which blocks, and how it is built.</summary>
/// <param name="reduction">How many times narrower the adapter is than the hidden states.</param>
public abstract class SublayerAdapterAttribute(double reduction) : AdapterAttribute
{
    /// <summary>How many times narrower the adapter is than the hidden states, above 0; at least one wide it always is.</summary>
    public double Reduction { get; } = reduction;

    /// <summary>
    /// The sublayers to adapt: <c>"mlp"</c> (the default), <c>"attention"</c>, <c>"cross_attention"</c>.
    /// </summary>
    public string[]? Targets { get; init; }

    /// <summary>Numbers of blocks without an adapter, from 0; a decoder's go on where its encoder's end.</summary>
    public int[]? LeaveOut { get; init; }

    /// <summary>Reductions of blocks that differ, as <c>"block=reduction"</c>.</summary>
    public string[]? ReductionPattern { get; init; }

    /// <summary>The function between the two projections.</summary>
    public Activation Activation { get; init; }

    /// <summary>Constant factor on the result of the adapter.</summary>
    public double Scale { get; init; }

    /// <summary>Whether the factor is learned, from 1 on, for all channels together or for each.</summary>
    public ScaleLearning LearnedScale { get; init; }

    /// <summary>Whether a learned gate per row opens and closes the adapter. Mao et al. 2021, arXiv 2110.07577.</summary>
    public bool Gated { get; init; }

    /// <summary>Whether the adapter reads the sum of the sublayer and its residual, normalised where the base has a norm there.</summary>
    public bool SumBefore { get; init; }

    /// <summary>Whether the sublayer's residual, and the base's norm if there is one, follow the adapter; they do unless set otherwise.</summary>
    public bool SumAfter { get; init; } = true;

    /// <summary>What the adapter's own residual is.</summary>
    public BottleneckResidual Residual { get; init; }

    /// <summary>Whether the adapter begins with a norm of its own.</summary>
    public bool NormBefore { get; init; }

    /// <summary>Whether the adapter ends with a norm of its own.</summary>
    public bool NormAfter { get; init; }

    /// <summary>Whether the adapter's own residual is added before <see cref="NormAfter"/> and not after it.</summary>
    public bool ResidualBeforeNormAfter { get; init; }

    /// <summary>Dropout probability on the result of the adapter while training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>Probability of leaving the adapter out for a row while training, from 0 (the default) to below 1. Huang et al. 2016, arXiv 1603.09382.</summary>
    public double StochasticDepth { get; init; }

    /// <summary>How the projections start.</summary>
    public BottleneckInit Init { get; init; }

    /// <summary>
    /// Whether an invertible network is trained on the embeddings too, narrower by <see cref="InvertibleReduction"/>. Pfeiffer et al. 2020,
    /// arXiv 2005.00052.
    /// </summary>
    public bool Invertible { get; init; }

    /// <summary>How many times narrower the networks of <see cref="Invertible"/> are than the half of the embedding that they read, above 0; 2 unless set.</summary>
    public double InvertibleReduction { get; init; } = 2;
}
