using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PTuning;

/// <summary>P-tuning at run time: reads its files and attaches it by its config.</summary>
internal sealed class PTuningMethod : IAdapterMethod
{
    public MethodFacts Facts => PTuningFacts.Method;

    public string PeftType => PTuningFacts.Method.PeftType;

    public Type ConfigType => typeof(PTuningConfig);

    public AdapterConfig Read(ConfigJson file)
    {
        var config = file.Before(new PTuningConfig
        {
            Tokens = 0,
            Hidden = file.Json["encoder_hidden_size"] is null ? null : file.Integer("encoder_hidden_size", 0),
            Encoder = file.Text("encoder_reparameterization_type") switch
            {
                null or "MLP" => PromptEncoder.Mlp,
                "LSTM" => PromptEncoder.Lstm,
                _ => throw file.Wrong("encoder_reparameterization_type", "\"MLP\" or \"LSTM\""),
            },
            Layers = file.Integer("encoder_num_layers", PTuningFacts.Layers),
            Dropout = file.Number("encoder_dropout", 0),
        });
        return config.Hidden < 1 ? throw file.Wrong("encoder_hidden_size", "at least 1")
            : config.Layers < 1 ? throw file.Wrong("encoder_num_layers", "at least 1")
            : config;
    }

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (PTuningConfig)adapter.Config;
        if (model is not PretrainedModel pretrained)
        {
            throw new PeftException(
                RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel("PTuning", "puts virtual tokens before the input", model.GetType().Name));
        }

        var prompt = new EncodedPrompt(pretrained, adapter.Name, config.Tokens, config.Hidden ?? 0, config.Encoder, config.Layers, config.Dropout);
        pretrained.prompts.Add(prompt);
        adapter.Add("", prompt);
        TrainedHeads.Attach(model, adapter, config.Source is not null ? config.ModulesToSave ?? [] : TrainedHeads.Of(model));
    }
}
