using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PromptTuning;

/// <summary>Prompt tuning at run time: reads its files and attaches it by its config.</summary>
internal sealed class PromptTuningMethod : IAdapterMethod
{
    public MethodFacts Facts => PromptTuningFacts.Method;

    public string PeftType => PromptTuningFacts.Method.PeftType;

    public Type ConfigType => typeof(PromptTuningConfig);

    public AdapterConfig Read(ConfigJson file)
    {
        return file.Before(new PromptTuningConfig
        {
            Tokens = 0,
            Init = file.Text("prompt_tuning_init") switch
            {
                null or "RANDOM" => PromptInit.Random,
                "TEXT" => PromptInit.Text,
                "SAMPLE_VOCAB" => PromptInit.SampleVocabulary,
                _ => throw file.Wrong("prompt_tuning_init", "\"RANDOM\", \"TEXT\" or \"SAMPLE_VOCAB\""),
            },
            InitText = file.Text("prompt_tuning_init_text"),
            Tokenizer = file.Text("tokenizer_name_or_path"),
        });
    }

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (PromptTuningConfig)adapter.Config;
        if (model is not PretrainedModel pretrained)
        {
            throw new PeftException(
                RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel("PromptTuning", "puts virtual tokens before the input", model.GetType().Name));
        }

        // The tensors of a file replace the initial values, so the text is not needed again.
        bool fromFile = config.Source is not null;
        var prompt = new SoftPrompt(
            pretrained, adapter.Name, config.Tokens, fromFile ? PromptInit.Random : config.Init, config.InitText, config.Tokenizer);
        pretrained.prompts.Add(prompt);
        adapter.Add("", prompt);
        TrainedHeads.Attach(model, adapter, fromFile ? config.ModulesToSave ?? [] : TrainedHeads.Of(model));
    }
}
