using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;

namespace Peft.Declarative.Methods.Bottleneck;

/// <summary>The settings of bottlenecks, as AdapterHub 1.1 writes them.</summary>
internal static class BottleneckAdapterHubSettings
{
    private static readonly (string Field, SublayerKind Kind)[] Fields =
    [
        ("mh_adapter", SublayerKind.Attention), ("output_adapter", SublayerKind.FeedForward), ("cross_adapter", SublayerKind.CrossAttention),
    ];

    private static readonly (string Name, BottleneckInit Init)[] Inits =
        [("bert", BottleneckInit.Normal), ("mam_adapter", BottleneckInit.ZeroUp), ("houlsby", BottleneckInit.TruncatedNormal)];

    internal static bool IsParallel(AdapterHubFile file) => file.Settings.Flag("is_parallel");

    internal static BottleneckConfig Read(AdapterHubFile file, BottleneckConfig empty)
    {
        ConfigJson settings = file.Settings;
        if (settings.Flag("phm_layer"))
        {
            throw MethodCatalog.Unsupported(settings.Source, "'phm_layer' to true (Compacter)");
        }

        if (settings.Text("inv_adapter") is { } invertible and not "nice")
        {
            throw MethodCatalog.Unsupported(settings.Source, $"'inv_adapter' to \"{invertible}\"");
        }

        (double reduction, Dictionary<int, double> others) = Reductions(settings);
        return empty with
        {
            Source = SavedConfig.Of(settings.Json),
            Targets = [.. Fields.Where(entry => settings.Flag(entry.Field)).Select(entry => entry.Kind)],
            Reduction = reduction,
            ReductionOf = others,
            LeaveOut = settings.Integers("leave_out") ?? [],
            Activation = settings.Text("non_linearity") is not { } name ? Activation.Relu
                : ActivationFunctions.ByName(name) ?? throw settings.Wrong("non_linearity", $"one of {string.Join(", ", ActivationFunctions.KnownNames)}"),
            Scale = settings.IsText("scaling") ? 1 : settings.Number("scaling", 1),
            LearnedScale = !settings.IsText("scaling") ? ScaleLearning.None : settings.Text("scaling") switch
            {
                "learned" => ScaleLearning.Scalar,
                "channel" => ScaleLearning.Channel,
                _ => throw settings.Wrong("scaling", "a number, \"learned\" or \"channel\""),
            },
            Gated = settings.Flag("use_gating"),
            SumBefore = settings.Flag("original_ln_before"),
            SumAfter = settings.Json["original_ln_after"] is null || settings.Flag("original_ln_after"),
            Residual = Residual(settings),
            NormBefore = settings.Flag("ln_before"),
            NormAfter = settings.Flag("ln_after"),
            ResidualBeforeNormAfter = settings.Flag("adapter_residual_before_ln"),
            Dropout = settings.Number("dropout", 0),
            StochasticDepth = settings.Number("stochastic_depth", 0),
            Init = Inits.FirstOrDefault(entry => entry.Name == (settings.Text("init_weights") ?? "bert")) is { Name: not null } init ? init.Init
                : throw settings.Wrong("init_weights", "\"bert\", \"mam_adapter\" or \"houlsby\""),
            Invertible = settings.Text("inv_adapter") is not null,
            InvertibleReduction = settings.Number("inv_adapter_reduction_factor", 2),
        };
    }

    internal static JsonObject Write(BottleneckConfig config)
    {
        JsonObject json = Compacter();
        foreach ((string field, SublayerKind kind) in Fields)
        {
            json[field] = config.Targets.Contains(kind);
        }

        json["reduction_factor"] = config.ReductionOf.Count == 0 ? Plain(config.Reduction) : new JsonObject(
        [
            .. config.ReductionOf.Select(entry => KeyValuePair.Create(entry.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)Plain(entry.Value))),
            KeyValuePair.Create("default", (JsonNode?)Plain(config.Reduction)),
        ]);
        json["leave_out"] = ConfigJson.Array(config.LeaveOut);
        json["non_linearity"] = ActivationFunctions.NameOf(config.EffectiveActivation);
        json["scaling"] = config.LearnedScale switch { ScaleLearning.Scalar => "learned", ScaleLearning.Channel => "channel", _ => config.EffectiveScale };
        json["use_gating"] = config.Gated;
        json["is_parallel"] = config.IsParallel;
        json["original_ln_before"] = config.ReadsSum;
        json["original_ln_after"] = config.SumAfter;
        json["residual_before_ln"] = config.Residual switch { BottleneckResidual.Sum => "post_add", BottleneckResidual.Normalised => false, _ => true };
        json["ln_before"] = config.NormBefore;
        json["ln_after"] = config.NormAfter;
        json["adapter_residual_before_ln"] = config.ResidualBeforeNormAfter;
        json["dropout"] = config.Dropout;
        json["stochastic_depth"] = config.StochasticDepth;
        json["init_weights"] = Inits.First(entry => entry.Init == config.EffectiveInit).Name;
        json["inv_adapter"] = config.Invertible ? "nice" : null;
        json["inv_adapter_reduction_factor"] = config.Invertible ? Plain(config.InvertibleReduction) : null;
        return json;
    }

    /// <summary>
    /// Gets the differences between a file and a declaration that change the result: all fields except those of the initialization.
    /// </summary>
    internal static IEnumerable<string> Conflicts(BottleneckConfig declared, BottleneckConfig file)
    {
        JsonObject own = Write(declared);
        JsonObject other = Write(file);
        return own.Select(entry => entry.Key)
            .Where(field => field is not ("init_weights" or "dropout" or "stochastic_depth") && !JsonNode.DeepEquals(own[field], other[field]))
            .Select(field => $"its '{field}' is {other[field]?.ToJsonString() ?? "null"}, not {own[field]?.ToJsonString() ?? "null"}");
    }

    private static BottleneckResidual Residual(ConfigJson settings) => settings.IsText("residual_before_ln")
        ? settings.Text("residual_before_ln") == "post_add" ? BottleneckResidual.Sum : throw settings.Wrong("residual_before_ln", "true, false or \"post_add\"")
        : settings.Json["residual_before_ln"] is null || settings.Flag("residual_before_ln") ? BottleneckResidual.Result : BottleneckResidual.Normalised;

    private static (double Default, Dictionary<int, double> Others) Reductions(ConfigJson settings)
    {
        if (settings.Json["reduction_factor"] is not JsonObject)
        {
            double one = settings.Number("reduction_factor", 16);
            return one > 0 ? (one, []) : throw settings.Wrong("reduction_factor", "above 0");
        }

        Dictionary<int, double> others = [];
        double rest = 0;   // blocks without a reduction are an error when the adapter is attached to a model that has them
        foreach ((string block, double reduction) in settings.Numbers("reduction_factor"))
        {
            if (reduction <= 0 || (block != "default" && !int.TryParse(block, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                throw settings.Wrong("reduction_factor", "made of numbers above 0 by numbers of blocks, or by \"default\"");
            }

            if (block == "default")
            {
                rest = reduction;
            }
            else
            {
                others[int.Parse(block, CultureInfo.InvariantCulture)] = reduction;
            }
        }

        return (rest, others);
    }

    // The layers of Compacter, another method, are configured by the same settings.
    private static JsonObject Compacter() => new()
    {
        ["phm_layer"] = false,
        ["phm_dim"] = 4,
        ["factorized_phm_W"] = true,
        ["shared_W_phm"] = false,
        ["shared_phm_rule"] = true,
        ["factorized_phm_rule"] = false,
        ["phm_c_init"] = "normal",
        ["phm_init_range"] = 0.0001,
        ["learn_phm"] = true,
        ["hypercomplex_nonlinearity"] = "glorot-uniform",
        ["phm_rank"] = 1,
        ["phm_bias"] = true,
    };

    private static JsonNode Plain(double value) => value == Math.Floor(value) ? JsonValue.Create((long)value) : JsonValue.Create(value);
}
