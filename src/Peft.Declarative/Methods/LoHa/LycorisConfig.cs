using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Methods.LoHa;
using Peft.Declarative.Methods.Lora;

namespace Peft.Declarative;

/// <summary>
/// The config of a method of LyCORIS, as in adapter_config.json. The properties are those of <see cref="LycorisAttribute"/>. Yeh et al. 2023,
/// arXiv 2309.14859.
/// </summary>
public abstract record LycorisConfig : LayerAdapterConfig
{
    /// <summary>The inner dimension of the low-rank products, at least 1. The default is 8.</summary>
    public int Rank { get; init; } = LoHaFacts.Rank;

    /// <summary>The numerator of the scaling, above 0. The default is <see langword="null"/>: the rank, so that the scaling is 1.</summary>
    public double? Alpha { get; init; }

    /// <summary>The probability with which each row of the change is dropped for a call during training, from 0 (the default) to below 1.</summary>
    public double RankDropout { get; init; }

    /// <summary>The probability with which a layer's adapter is dropped for a call during training, from 0 (the default) to below 1.</summary>
    public double ModuleDropout { get; init; }

    /// <summary>
    /// The ranks of layers that differ from <see cref="Rank"/>, each at least 1. The first key that matches applies. The default is none.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, int>> RankPattern { get; init; } = [];

    /// <summary>The alphas of layers that differ from <see cref="Alpha"/>. The first key that matches applies. The default is none.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    internal double EffectiveAlpha => Alpha ?? Rank;

    /// <summary>The rank and alpha of each layer.</summary>
    internal LowRankPatterns Patterns => LowRankPatterns.Of(Rank, EffectiveAlpha, RankPattern, AlphaPattern);

    internal override IEnumerable<(string Argument, double? Value)> Numbers =>
        [("rank", Rank), ("Alpha", Alpha), ("RankDropout", RankDropout), ("ModuleDropout", ModuleDropout)];

    internal override bool SavesFrozenTensors => true;

    /// <summary>The value of <c>init_weights</c>.</summary>
    private protected abstract JsonNode InitText { get; }

    /// <summary>Reads the fields that these methods share.</summary>
    private protected static T Read<T>(ConfigJson file, T empty)
        where T : LycorisConfig
    {
        var config = file.Layers((T)((LycorisConfig)empty with
        {
            Rank = file.Integer("r", 8),
            Alpha = file.Number("alpha", 8),
            RankDropout = file.Number("rank_dropout", 0),
            ModuleDropout = file.Number("module_dropout", 0),
            RankPattern = file.WholeNumbers("rank_pattern"),
            AlphaPattern = file.Numbers("alpha_pattern"),
        }));
        return config.Rank > 0 ? config : throw file.Wrong("r", "at least 1");
    }

    internal override IEnumerable<string> Conflicts(AdapterConfig file)
    {
        if (file.GetType() != GetType())
        {
            return base.Conflicts(file);
        }

        var other = (LycorisConfig)file;
        return LoraConfigFile.AlphaConflicts((EffectiveAlpha, AlphaPattern), (other.EffectiveAlpha, other.AlphaPattern));
    }

    private protected override JsonObject Defaults()
    {
        JsonObject json = CommonDefaults();
        json["use_effective_conv2d"] = false;   // no family has convolutions
        return json;
    }

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        if (Source is not null)
        {
            return;
        }

        json["r"] = Rank;
        json["alpha"] = LoraConfigFile.Plain(EffectiveAlpha);
        json["rank_dropout"] = RankDropout;
        json["module_dropout"] = ModuleDropout;
        json["init_weights"] = InitText;
        LoraConfigFile.WritePatterns(json, RankPattern, AlphaPattern);
    }
}
