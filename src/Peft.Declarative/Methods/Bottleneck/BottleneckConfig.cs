using System.Text.Json.Nodes;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Bottleneck;

namespace Peft.Declarative;

/// <summary>
/// The config of a bottleneck in series, as in AdapterHub's adapter_config.json. The properties are those of <see cref="BottleneckAttribute"/>.
/// </summary>
public record BottleneckConfig : AdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => BottleneckFacts.Method.PeftType;

    /// <summary>The sublayers after which it is. The default is the feed-forward network.</summary>
    public IReadOnlyList<SublayerKind> Targets { get; init; } = [SublayerKind.FeedForward];

    /// <summary>The ratio of the width of the hidden states to that of the bottleneck, above 0. The default is 16.</summary>
    public double Reduction { get; init; } = BottleneckFacts.Reduction;

    /// <summary>The reductions of blocks that differ from <see cref="Reduction"/>, by block, each above 0. The default is none.</summary>
    public IReadOnlyDictionary<int, double> ReductionOf { get; init; } = new Dictionary<int, double>();

    /// <summary>The indices of blocks without an adapter, from 0. The default is none.</summary>
    public IReadOnlyList<int> LeaveOut { get; init; } = [];

    /// <summary>The activation between the projections. The default is <see langword="null"/>: that of the method's paper.</summary>
    public Activation? Activation { get; init; }

    /// <summary>The constant factor on the result. The default is <see langword="null"/>: that of the method's paper.</summary>
    public double? Scale { get; init; }

    /// <summary>Whether the factor is trained. The default is no.</summary>
    public ScaleLearning LearnedScale { get; init; }

    /// <summary>Whether a trained gate per row scales the adapter. The default is <see langword="false"/>.</summary>
    public bool Gated { get; init; }

    /// <summary>
    /// Whether the input is the sum of the sublayer and its residual. The default is <see langword="null"/>: as in the method's paper.
    /// </summary>
    public bool? SumBefore { get; init; }

    /// <summary>Whether the sublayer's residual, and its norm, are applied after the adapter. The default is <see langword="true"/>.</summary>
    public bool SumAfter { get; init; } = true;

    /// <summary>The residual of the adapter. The default is the result of the sublayer.</summary>
    public BottleneckResidual Residual { get; init; }

    /// <summary>Whether the adapter begins with its own norm. The default is <see langword="false"/>.</summary>
    public bool NormBefore { get; init; }

    /// <summary>Whether the adapter ends with its own norm. The default is <see langword="false"/>.</summary>
    public bool NormAfter { get; init; }

    /// <summary>Whether the adapter's residual is added before that norm. The default is <see langword="false"/>.</summary>
    public bool ResidualBeforeNormAfter { get; init; }

    /// <summary>The dropout probability on the result during training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>The probability of skipping the adapter for a row during training, from 0 (the default) to below 1.</summary>
    public double StochasticDepth { get; init; }

    /// <summary>The initialization of the projections. The default is that of the method's paper.</summary>
    public BottleneckInit Init { get; init; }

    /// <summary>Whether an invertible network is also trained on the embeddings. The default is <see langword="false"/>.</summary>
    public bool Invertible { get; init; }

    /// <summary>The ratio of the width of the invertible network's input to that of its hidden layers, above 0. The default is 2.</summary>
    public double InvertibleReduction { get; init; } = BottleneckFacts.InvertibleReduction;

    internal override MethodFacts Facts => BottleneckFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers =>
    [
        // A file can contain reductions per block instead of a common one.
        ("reduction", Source is null ? Reduction : null), ("InvertibleReduction", InvertibleReduction), ("Scale", Scale),
        ("Dropout", Dropout), ("StochasticDepth", StochasticDepth),
    ];

    internal override bool IsAdapterHub => true;

    internal override bool AveragesRows => Gated;

    /// <summary>Whether it is parallel to the sublayer instead of after it.</summary>
    internal virtual bool IsParallel => false;

    /// <summary>Whether there are adapters after attention, as in Houlsby et al., whose other choices then apply too.</summary>
    private bool IsDouble => Targets.Contains(SublayerKind.Attention);

    internal virtual Activation EffectiveActivation => Activation ?? (IsDouble ? Peft.Declarative.Activation.Swish : Peft.Declarative.Activation.Relu);

    internal virtual double EffectiveScale => Scale ?? 1;

    internal virtual bool ReadsSum => SumBefore ?? !IsDouble;

    internal virtual BottleneckInit EffectiveInit => Init == BottleneckInit.Default ? BottleneckInit.Normal : Init;

    /// <summary>Computes the width of the adapter in a block.</summary>
    /// <param name="width">The width of the hidden states.</param>
    /// <param name="block">The index of the block.</param>
    internal int SizeAt(long width, int block) => (int)Math.Max(1, Math.Floor(width / ReductionOf.GetValueOrDefault(block, Reduction)));

    internal override JsonObject AdapterHubSettings() => BottleneckAdapterHubSettings.Write(this);

    internal override IEnumerable<string> Conflicts(AdapterConfig file) =>
        file is BottleneckConfig bottleneck && file.GetType() == GetType() ? BottleneckAdapterHubSettings.Conflicts(this, bottleneck) : base.Conflicts(file);
}
