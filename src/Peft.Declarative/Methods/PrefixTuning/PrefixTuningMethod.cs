using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>Prefix tuning at run time: reads its files and attaches it by its config.</summary>
internal sealed class PrefixTuningMethod : IAdapterHubMethod
{
    public MethodFacts Facts => PrefixTuningFacts.Method;

    public string PeftType => PrefixTuningFacts.Method.PeftType;

    public Type ConfigType => typeof(PrefixTuningConfig);

    public AdapterConfig Read(ConfigJson file)
    {
        var config = file.Before(new PrefixTuningConfig
        {
            Tokens = 0,
            Projection = file.Flag("prefix_projection"),
            ProjectionHidden = file.Json["encoder_hidden_size"] is null ? null : file.Integer("encoder_hidden_size", 0),
            Init = file.Text("init_weights") switch
            {
                null => PrefixInit.Random,
                "zero" => PrefixInit.Zero,
                _ => throw file.Wrong("init_weights", "null or \"zero\""),
            },
        });
        return config.ProjectionHidden < 1 ? throw file.Wrong("encoder_hidden_size", "at least 1") : config;
    }

    public bool ReadsAdapterHub(AdapterHubFile file) => file.Blended is null && file.Architecture == PrefixAdapterHubSettings.Architecture;

    public AdapterConfig ReadAdapterHub(AdapterHubFile file) => PrefixAdapterHubSettings.Read(file);

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (PrefixTuningConfig)adapter.Config;
        if (model is not PretrainedModel pretrained)
        {
            throw new PeftException(RuleIds.NeedsCausalModel,
                RuleTexts.NeedsCausalModel("PrefixTuning", "puts learned keys and values into the attention layers", model.GetType().Name));
        }

        Prefix prefix = config.Placement == PrefixPlacement.Beside
            ? new AttentionPrefix(pretrained, adapter.Name, config)
            : config.Projection
            ? KeyValuePrefix.Projected(pretrained, adapter.Name, config.Tokens, config.ProjectionHidden ?? 0)
            : new KeyValuePrefix(pretrained, adapter.Name, config.Tokens, config.Init);
        pretrained.prefixes.Add(prefix);
        adapter.Add("", prefix);
        if (config.TrainsHead || !config.IsAdapterHub)
        {
            TrainedHeads.Attach(model, adapter, config.TrainsHead ? TrainedHeads.Of(model) : config.ModulesToSave ?? []);
        }
    }
}
