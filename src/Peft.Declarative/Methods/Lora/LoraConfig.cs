using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Lora;

namespace Peft.Declarative;

/// <summary>The config of a low-rank adapter, as in adapter_config.json. The properties are those of <see cref="LoraAttribute"/>.</summary>
/// <example>
/// <code>
/// var adapter = new Adapter("captain", new LoraConfig { Rank = 8, Targets = ["q_proj", "v_proj"] });
/// AdapterWiring.Attach(model, adapter);
/// model.Adapters.Adopt(adapter);
/// </code>
/// </example>
public record LoraConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => LoraFacts.Method.PeftType;

    /// <summary>The inner dimension of the product, at least 1. The default is 8.</summary>
    public int Rank { get; init; } = LoraFacts.Rank;

    /// <summary>The numerator of the scaling, above 0. The default is <see langword="null"/>: the rank, so that the scaling is 1.</summary>
    public double? Alpha { get; init; }

    /// <summary>The dropout probability on the input of <c>A</c> during training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether the scaling is <c>alpha / √rank</c> instead of <c>alpha / rank</c>. The default is <see langword="false"/>.</summary>
    public bool UseRsLora { get; init; }

    /// <summary>Which biases of the base are trained and saved with the adapter. The default is none.</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>
    /// Whether a trained gate per row replaces the scaling: <c>y = W x + g(x) · B (A x)</c>. Only AdapterHub's files support it. The default is
    /// <see langword="false"/>.
    /// </summary>
    public bool Gated { get; init; }

    /// <summary>Whether <c>B</c> has a bias. The default is <see langword="false"/>.</summary>
    public bool OwnBias { get; init; }

    /// <summary>The initialization of the factors. The default is a uniform <c>A</c> and a zero <c>B</c>.</summary>
    public LoraInit Init { get; init; }

    /// <summary>
    /// With <see cref="LoraInit.LoftQ"/>, the bits in which layers of a dense base are stored: 4 (the default), as NF4, or 8, as blocks of the dynamic map. Layers
    /// that <see cref="PretrainedModel.Quantize"/> has stored keep their type.
    /// </summary>
    public int LoftQBits { get; init; } = 4;

    /// <summary>With <see cref="LoraInit.LoftQ"/>, how often codes and factors are chosen in turns, at least 1. The default is 1.</summary>
    public int LoftQIterations { get; init; } = LoraFacts.LoftQIterations;

    /// <summary>
    /// The ranks of layers that differ from <see cref="Rank"/>, each at least 1. The first key that matches applies. The default is none.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, int>> RankPattern { get; init; } = [];

    /// <summary>The alphas of layers that differ from <see cref="Alpha"/>. The first key that matches applies. The default is none.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary>
    /// The ids of tokens whose rows are trained, by the name of the embedding; the empty name is the model's input embedding. The default is none.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> TrainableTokens { get; init; } = new Dictionary<string, IReadOnlyList<int>>();

    /// <summary>
    /// Layers named by their weight (<c>q_proj.weight</c>), as in <c>target_parameters</c> of the file. The adapter is the same. The default is none.
    /// </summary>
    public IReadOnlyList<string> TargetParameters { get; init; } = [];

    /// <summary>
    /// Which of query (0), key (1) and value (2) are adapted in layers that compute all three. Only AdapterHub's files support it. The default is
    /// <see langword="null"/>: whole layers.
    /// </summary>
    public IReadOnlyList<int>? FusedProjections { get; init; }

    internal override bool AveragesRows => Gated;

    internal override MethodFacts Facts => LoraFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("rank", Rank), ("Alpha", Alpha), ("Dropout", Dropout), ("LoftQIterations", LoftQIterations)];

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
