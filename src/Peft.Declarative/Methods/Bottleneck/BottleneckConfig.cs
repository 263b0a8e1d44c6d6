using System.Text.Json.Nodes;
using Peft.Declarative.Methods.Bottleneck;

namespace Peft.Declarative;

/// <summary>A bottleneck in series, as AdapterHub's adapter_config.json describes it. The properties are those of <see cref="BottleneckAttribute"/>.</summary>
public record BottleneckConfig : AdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "bottleneck";

    /// <summary>Sublayers it stands at.</summary>
    public IReadOnlyList<SublayerKind> Targets { get; init; } = [SublayerKind.FeedForward];

    /// <summary>How many times narrower the adapter is than the hidden states.</summary>
    public double Reduction { get; init; } = 16;

    /// <summary>Reductions of blocks that differ.</summary>
    public IReadOnlyDictionary<int, double> ReductionOf { get; init; } = new Dictionary<int, double>();

    /// <summary>Numbers of blocks without an adapter.</summary>
    public IReadOnlyList<int> LeaveOut { get; init; } = [];

    /// <summary>The function between the projections; that of the method's paper unless set.</summary>
    public Activation? Activation { get; init; }

    /// <summary>Constant factor on the result; that of the method's paper unless set.</summary>
    public double? Scale { get; init; }

    /// <summary>Whether the factor is learned.</summary>
    public ScaleLearning LearnedScale { get; init; }

    /// <summary>Whether a learned gate per row opens and closes the adapter.</summary>
    public bool Gated { get; init; }

    /// <summary>Whether the adapter reads the sum of the sublayer and its residual; as in the method's paper unless set.</summary>
    public bool? SumBefore { get; init; }

    /// <summary>Whether the sublayer's residual, and its norm, follow the adapter.</summary>
    public bool SumAfter { get; init; } = true;

    /// <summary>What the adapter's own residual is.</summary>
    public BottleneckResidual Residual { get; init; }

    /// <summary>Whether it begins with a norm of its own.</summary>
    public bool NormBefore { get; init; }

    /// <summary>Whether it ends with a norm of its own.</summary>
    public bool NormAfter { get; init; }

    /// <summary>Whether its own residual is added before that norm.</summary>
    public bool ResidualBeforeNormAfter { get; init; }

    /// <summary>Dropout probability on the result.</summary>
    public double Dropout { get; init; }

    /// <summary>Probability of leaving the adapter out for a row while training.</summary>
    public double StochasticDepth { get; init; }

    /// <summary>How the projections start.</summary>
    public BottleneckInit Init { get; init; }

    /// <summary>Whether an invertible network is trained on the embeddings too.</summary>
    public bool Invertible { get; init; }

    /// <summary>How many times narrower that one's networks are than what they read.</summary>
    public double InvertibleReduction { get; init; } = 2;

    internal override bool IsAdapterHub => true;

    internal override bool AveragesRows => Gated;

    /// <summary>Whether it stands beside the sublayer and not after it.</summary>
    internal virtual bool IsParallel => false;

    /// <summary>Houlsby's placement, with Houlsby's other choices.</summary>
    private bool IsDouble => Targets.Contains(SublayerKind.Attention);

    internal virtual Activation EffectiveActivation => Activation ?? (IsDouble ? Peft.Declarative.Activation.Swish : Peft.Declarative.Activation.Relu);

    internal virtual double EffectiveScale => Scale ?? 1;

    internal virtual bool ReadsSum => SumBefore ?? !IsDouble;

    internal virtual BottleneckInit EffectiveInit => Init == BottleneckInit.Default ? BottleneckInit.Normal : Init;

    /// <summary>Width of the adapter in a block.</summary>
    /// <param name="width">Width of the hidden states.</param>
    /// <param name="block">Number of the block.</param>
    internal int SizeAt(long width, int block) => (int)Math.Max(1, Math.Floor(width / ReductionOf.GetValueOrDefault(block, Reduction)));

    internal override JsonObject AdapterHubSettings() => BottleneckAdapterHubSettings.Write(this);

    internal override IEnumerable<string> Conflicts(AdapterConfig file) =>
        file is BottleneckConfig bottleneck && file.GetType() == GetType() ? BottleneckAdapterHubSettings.Conflicts(this, bottleneck) : base.Conflicts(file);
}
