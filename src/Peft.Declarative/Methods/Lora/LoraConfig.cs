using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Lora;

namespace Peft.Declarative;

/// <summary>A low-rank adapter as adapter_config.json describes it. The properties are those of <see cref="LoraAttribute"/>.</summary>
public record LoraConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "LORA";

    /// <summary>Inner dimension of the product; 8 unless set, at least 1.</summary>
    public int Rank { get; init; } = LoraFacts.Rank;

    /// <summary>Numerator of the scaling, above 0; the rank unless set, which makes the scaling 1.</summary>
    public double? Alpha { get; init; }

    /// <summary>Dropout probability on the input of <c>A</c> while training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether the scaling is <c>alpha / √rank</c>, and not <c>alpha / rank</c>; no unless set.</summary>
    public bool UseRsLora { get; init; }

    /// <summary>Which biases of the base are trained and saved with the adapter; none unless set.</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>Whether a learned gate per row replaces the scaling: <c>y = W x + g(x) · B (A x)</c>; only AdapterHub's files have it.</summary>
    public bool Gated { get; init; }

    /// <summary>Whether <c>B</c> has a bias; no unless set.</summary>
    public bool OwnBias { get; init; }

    /// <summary>How the factors start; <c>A</c> drawn from the uniform distribution and <c>B</c> zero unless set.</summary>
    public LoraInit Init { get; init; }

    /// <summary>Ranks of layers that differ, each at least 1; the first key that matches counts. None unless set.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> RankPattern { get; init; } = [];

    /// <summary>Alphas of layers that differ; the first key that matches counts. None unless set.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary>Ids of tokens whose rows are trained, by the name of the embedding; the empty name is the model's input embedding.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> TrainableTokens { get; init; } = new Dictionary<string, IReadOnlyList<int>>();

    /// <summary>
    /// Layers named by their weight (<c>q_proj.weight</c>), as <c>target_parameters</c> in the file does. For a matrix it is the same adapter.
    /// </summary>
    public IReadOnlyList<string> TargetParameters { get; init; } = [];

    /// <summary>Which of query (0), key (1) and value (2) are adapted in layers that make all three; null for layers as wholes. AdapterHub's only.</summary>
    public IReadOnlyList<int>? FusedProjections { get; init; }

    internal override bool AveragesRows => Gated;

    internal override MethodFacts Facts => LoraFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("rank", Rank), ("Alpha", Alpha), ("Dropout", Dropout)];

    internal override BiasTraining TrainedBiases => Bias;

    internal double EffectiveAlpha => Alpha ?? Rank;

    internal override bool SavesFrozenTensors => TrainableTokens.Count == 0;

    internal override IEnumerable<string> Conflicts(AdapterConfig file) =>
        file is LoraConfig lora ? LoraConfigFile.Conflicts(this, lora) : base.Conflicts(file);

    private protected override JsonObject Defaults() => LoraConfigFile.Defaults(CommonDefaults());

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        LoraConfigFile.Write(this, json);
    }

    internal override JsonObject AdapterHubSettings() => LoraAdapterHubSettings.Write(this);
}
