using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.MultitaskPromptTuning;

/// <summary>Multitask prompt tuning at run time: reads its files and attaches it by its config.</summary>
internal sealed class MultitaskPromptTuningMethod : IAdapterMethod
{
    public MethodFacts Facts => MultitaskPromptTuningFacts.Method;

    public string PeftType => MultitaskPromptTuningFacts.Method.PeftType;

    public Type ConfigType => typeof(MultitaskPromptTuningConfig);

    public AdapterConfig Read(ConfigJson file)
    {
        return file.Before(new MultitaskPromptTuningConfig
        {
            Tokens = 0,
            Tasks = AtLeastOne(file, "num_tasks"),
            Ranks = AtLeastOne(file, "num_ranks"),
            Init = file.Text("prompt_tuning_init") switch
            {
                null or "RANDOM" => MultitaskPromptInit.Random,
                "TEXT" => MultitaskPromptInit.Text,
                "AVERAGE_SOURCE_TASKS" => MultitaskPromptInit.AverageSourceTasks,
                "EXACT_SOURCE_TASK" => MultitaskPromptInit.ExactSourceTask,
                "ONLY_SOURCE_SHARED" => MultitaskPromptInit.OnlySourceShared,
                _ => throw file.Wrong("prompt_tuning_init", "\"RANDOM\", \"TEXT\", \"AVERAGE_SOURCE_TASKS\", \"EXACT_SOURCE_TASK\" or \"ONLY_SOURCE_SHARED\""),
            },
            InitText = file.Text("prompt_tuning_init_text"),
            Tokenizer = file.Text("tokenizer_name_or_path"),
            InitAdapter = file.Text("prompt_tuning_init_state_dict_path"),
            InitTask = file.Integer("prompt_tuning_init_task", 0) is var task and >= 0 ? task : throw file.Wrong("prompt_tuning_init_task", "at least 0"),
        });
    }

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (MultitaskPromptTuningConfig)adapter.Config;
        if (model is not PretrainedModel pretrained)
        {
            throw new PeftException(
                RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel(Facts.Name, "puts virtual tokens before the input", model.GetType().Name));
        }

        // The tensors of a file replace the initial values, so neither the text nor the other adapter is needed again.
        bool fromFile = config.Source is not null;
        var prompt = new MultitaskPrompt(
            pretrained, adapter.Name, config.Tokens, config.Tasks, config.Ranks, fromFile ? MultitaskPromptInit.Random : config.Init, config.InitText,
            config.Tokenizer, config.InitAdapter, config.InitTask);
        pretrained.prompts.Add(prompt);
        adapter.Add("", prompt);
        TrainedHeads.Attach(model, adapter, fromFile ? config.ModulesToSave ?? [] : TrainedHeads.Of(model));
    }

    private static int AtLeastOne(ConfigJson file, string field) => file.Integer(field, 1) is var number and >= 1 ? number : throw file.Wrong(field, "at least 1");
}
