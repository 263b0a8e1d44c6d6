using System.Text.Json.Nodes;
using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>Low-rank adaptation at run time: reads its files and attaches it by its config.</summary>
internal class LoraMethod : LayerMethod<LoraConfig>, IAdapterHubMethod
{
    // Settings of the reference library that change the result. Most are other methods that share this config.
    private static readonly string[] Variants =
    [
        "use_qalora", "alora_invocation_tokens", "layer_replication", "velora_config", "monteclora_config",
        "kasa_config", "use_bdlora", "arrow_config", "ensure_weight_tying", "megatron_config",
    ];

    // Initializations that also change the base weight, so that the saved factors do not fit the original base.
    private static readonly string[] BaseChangingInits = ["pissa", "olora", "corda", "lora_ga"];

    public override MethodFacts Facts => LoraFacts.Method;

    public override string PeftType => LoraFacts.Method.PeftType;

    public override bool Reads(ConfigJson file) => file.Text("peft_type") == PeftType && !file.Flag("use_dora");

    public override AdapterConfig Read(ConfigJson file)
    {
        foreach (string variant in Variants)
        {
            if (file.Json[variant] is { } value && value.ToJsonString() is not "false")
            {
                throw MethodCatalog.Unsupported("adapter_config.json", $"'{variant}' to {value.ToJsonString()}");
            }
        }

        if (file.IsText("init_lora_weights") && file.Text("init_lora_weights") is { } init
            && BaseChangingInits.Any(name => init.StartsWith(name, StringComparison.Ordinal)))
        {
            throw MethodCatalog.Unsupported("adapter_config.json", $"'init_lora_weights' to \"{init}\"");
        }

        LoraConfig config = LoftQConfig.Read(file, LoraConfigFile.Read(file, Empty));
        return config.Rank > 0 ? config : throw file.Wrong("r", "at least 1");
    }

    public virtual bool HasAdapterHubFiles => true;

    public bool ReadsAdapterHub(AdapterHubFile file) => file.IsUpdate("add");

    public AdapterConfig ReadAdapterHub(AdapterHubFile file) => LoraAdapterHubSettings.Read(file);

    private protected override TargetQuery Query(LoraConfig config, nn.Module model, IReadOnlyList<LayerSlot> layers) =>
        base.Query(config, model, layers) with
        {
            Targets = config.TargetParameters.Count == 0 ? config.Targets : [.. config.Targets ?? [], .. WeightOwners(config, layers)],
        };

    private protected override void Check(LoraConfig config, IReadOnlyList<TargetLayer> adapted, TargetProblems problems) =>
        Patterns(config).Check(adapted, problems);

    private protected override Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> CreateLayers(
        nn.Module model, string adapter, LoraConfig config, IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets)
    {
        LowRankPatterns patterns = Patterns(config);
        if (config.Init == LoraInit.LoftQ && model is PretrainedModel pretrained)
        {
            IEnumerable<string> linear = targets.Select(target => target.Target).Where(target => target.Kind is LayerKind.Linear or LayerKind.Conv1D).Select(target => target.Path);
            pretrained.QuantizeForLoftQ(linear, LoftQConfig.Settings(config));
        }

        return (frozen, target) =>
        {
            int rank = patterns.RankOf(target.Path);
            return Layer(frozen, target, adapter, rank, LoraDelta.Scaling(patterns.AlphaOf(target.Path), rank, config.UseRsLora), config);
        };
    }

    private protected override Action AddOthers(nn.Module model, Adapter adapter, LoraConfig config, IReadOnlyList<LayerSlot> layers)
    {
        IReadOnlyList<(LayerSlot Slot, IReadOnlyList<int> Ids)> tokens = LoraTokens.Selected(model, config, layers);
        return () =>
        {
            foreach ((string path, AdapterLayer part) in LoraTokens.Add(model, adapter.Name, tokens))
            {
                adapter.Add(path, part);
            }
        };
    }

    private static LowRankPatterns Patterns(LoraConfig config) =>
        LowRankPatterns.Of(config.Rank, config.EffectiveAlpha, config.RankPattern, config.AlphaPattern);

    // An adapter on a parameter is the same as one on its layer. For a transposed weight, the factors would be swapped.
    private static IEnumerable<string> WeightOwners(LoraConfig config, IReadOnlyList<LayerSlot> layers)
    {
        const string Weight = ".weight";
        foreach (string parameter in config.TargetParameters)
        {
            string owner = parameter.EndsWith(Weight, StringComparison.Ordinal) ? parameter[..^Weight.Length] : parameter;
            bool linear = owner != parameter && layers.Any(layer =>
                LayerPath.EndsWith(layer.Path, owner) && StockLayers.KindOf(layer.Layer) is LayerKind.Linear or LayerKind.Head);
            yield return linear ? owner : throw MethodCatalog.Unsupported("adapter_config.json", $"'target_parameters' to '{parameter}'");
        }
    }

    /// <summary>Creates a config of this method's class, before the values of a file are set.</summary>
    private protected virtual LoraConfig Empty => new();

    /// <summary>Creates the adapter layer of one target.</summary>
    private protected virtual AdapterLayer Layer(
        nn.Module<Tensor, Tensor> frozen, TargetLayer target, string adapter, int rank, double scaling, LoraConfig config)
    {
        if (config.FusedProjections is { Count: > 0 } projections && target.Name == FusedLayer.Name)
        {
            return new FusedLoraLinear(frozen, adapter, projections, rank, scaling, config.Dropout, config.Gated);
        }

        return target.Kind == LayerKind.Embedding
            ? new LoraEmbedding(frozen, adapter, rank, scaling, config.Init)
            : new LoraLinear(frozen, adapter, rank, scaling, config.Dropout, config.OwnBias, Start(config, frozen), config.Gated, config.LoftQIterations);
    }

    /// <summary>
    /// The initialization of a layer. The factors of a file replace it, so it matters only for the codes that LoftQ chooses; where the weight before rounding is
    /// gone, the base was saved with them.
    /// </summary>
    private protected static LoraInit Start(LoraConfig config, nn.Module<Tensor, Tensor> frozen)
    {
        WeightLayer? layer = frozen as WeightLayer ?? (frozen as AdapterLayer)?.Base;
        return config.Init == LoraInit.LoftQ && config.Source is not null && layer?.Quantized is { Original: null } ? LoraInit.Default : config.Init;
    }
}
