using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Vera;

namespace Peft.Declarative;

/// <summary>
/// The config of vector-based random matrix adaptation, as in adapter_config.json: two random projections that all layers share, and two trained
/// vectors in each. Kopiczko et al. 2023, arXiv 2310.11454.
/// </summary>
public sealed record VeraConfig : LayerAdapterConfig
{
    private const string AdaptedBiases = "vera_only";

    /// <inheritdoc/>
    public override string PeftType => VeraFacts.Method.PeftType;

    /// <summary>The inner dimension of the projections, at least 1. The default is 256. It can be large, because they are not trained.</summary>
    public int Rank { get; init; } = VeraFacts.Rank;

    /// <summary>The dropout probability on the input during training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>The initial value of the vector between the projections, not 0. The default is 0.1, as in the paper.</summary>
    public double Start { get; init; } = VeraFacts.Start;

    /// <summary>The seed of the projections. The default is 0. The same seed gives the same projections as in the reference library.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Whether the projections are saved with the adapter. The default is <see langword="true"/>. Without them, a file has a few kilobytes.
    /// </summary>
    public bool SaveProjections { get; init; } = true;

    /// <summary>Which biases of the base are trained and saved with the adapter. The default is none.</summary>
    public BiasTraining Bias { get; init; }

    internal override MethodFacts Facts => VeraFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("rank", Rank), ("Dropout", Dropout), ("Start", Source is null ? Start : null)];

    internal override BiasTraining TrainedBiases => Bias;

    internal override bool SavesFrozenTensors => SaveProjections;

    internal static VeraConfig Read(ConfigJson file) => file.Layers(new VeraConfig
    {
        Rank = file.Integer("r", VeraFacts.Rank),
        Dropout = file.Number("vera_dropout", 0),
        Start = file.Number("d_initial", VeraFacts.Start),
        Seed = file.Integer("projection_prng_key", 0),
        SaveProjections = file.Json["save_projection"] is null || file.Flag("save_projection"),
        Bias = file.Bias(AdaptedBiases),
    });

    internal override IEnumerable<string> Conflicts(AdapterConfig file) =>
        file is VeraConfig vera && !vera.SaveProjections && vera.Seed != Seed
            ? [$"its projections are of seed {vera.Seed}, not {Seed}"]
            : base.Conflicts(file);

    private protected override JsonObject Defaults()
    {
        JsonObject json = CommonDefaults();
        json["fan_in_fan_out"] = false;
        json["init_weights"] = true;
        return json;
    }

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        if (Source is null)
        {
            json["r"] = Rank;
            json["vera_dropout"] = Dropout;
            json["d_initial"] = Start;
            json["projection_prng_key"] = Seed;
            json["save_projection"] = SaveProjections;
            json["bias"] = ConfigJson.BiasText(Bias, AdaptedBiases);
        }
    }
}
