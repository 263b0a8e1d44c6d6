using System.Text.Json.Nodes;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Bottleneck;

namespace Peft.Declarative;

/// <summary>A bottleneck in series, as AdapterHub's adapter_config.json describes it. The properties are those of <see cref="BottleneckAttribute"/>.</summary>
public record BottleneckConfig : AdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "bottleneck";

    /// <summary>Sublayers that it follows; the feed-forward network unless set.</summary>
    public IReadOnlyList<SublayerKind> Targets { get; init; } = [SublayerKind.FeedForward];

    /// <summary>How many times narrower the adapter is than the hidden states, above 0; 16 unless set.</summary>
    public double Reduction { get; init; } = BottleneckFacts.Reduction;

    /// <summary>Reductions of blocks that differ, each above 0; none unless set.</summary>
    public IReadOnlyDictionary<int, double> ReductionOf { get; init; } = new Dictionary<int, double>();

    /// <summary>Numbers of blocks without an adapter, from 0; none unless set.</summary>
    public IReadOnlyList<int> LeaveOut { get; init; } = [];

    /// <summary>The function between the projections; that of the method's paper unless set.</summary>
    public Activation? Activation { get; init; }

    /// <summary>Constant factor on the result; that of the method's paper unless set.</summary>
    public double? Scale { get; init; }

    /// <summary>Whether the factor is learned; no unless set.</summary>
    public ScaleLearning LearnedScale { get; init; }

    /// <summary>Whether a learned gate per row opens and closes the adapter; no unless set.</summary>
    public bool Gated { get; init; }

    /// <summary>Whether the adapter reads the sum of the sublayer and its residual; as in the method's paper unless set.</summary>
    public bool? SumBefore { get; init; }

    /// <summary>Whether the sublayer's residual, and its norm, follow the adapter; yes unless set.</summary>
    public bool SumAfter { get; init; } = true;

    /// <summary>What the adapter's own residual is; the sublayer's result unless set.</summary>
    public BottleneckResidual Residual { get; init; }

    /// <summary>Whether it begins with a norm of its own; no unless set.</summary>
    public bool NormBefore { get; init; }

    /// <summary>Whether it ends with a norm of its own; no unless set.</summary>
    public bool NormAfter { get; init; }

    /// <summary>Whether its own residual is added before that norm; no unless set.</summary>
    public bool ResidualBeforeNormAfter { get; init; }

    /// <summary>Dropout probability on the result while training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>Probability of leaving the adapter out for a row while training, from 0 (the default) to below 1.</summary>
    public double StochasticDepth { get; init; }

    /// <summary>How the projections start; as in the method's paper unless set.</summary>
    public BottleneckInit Init { get; init; }

    /// <summary>Whether an invertible network is trained on the embeddings too; no unless set.</summary>
    public bool Invertible { get; init; }

    /// <summary>How many times narrower that one's networks are than what they read, above 0; 2 unless set.</summary>
    public double InvertibleReduction { get; init; } = BottleneckFacts.InvertibleReduction;

    internal override MethodFacts Facts => BottleneckFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers =>
    [
        // A file may give reductions block by block instead of one for all.
        ("reduction", Source is null ? Reduction : null), ("InvertibleReduction", InvertibleReduction), ("Scale", Scale),
        ("Dropout", Dropout), ("StochasticDepth", StochasticDepth),
    ];

    internal override bool IsAdapterHub => true;

    internal override bool AveragesRows => Gated;

    /// <summary>Whether it is parallel to the sublayer instead of after it.</summary>
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
