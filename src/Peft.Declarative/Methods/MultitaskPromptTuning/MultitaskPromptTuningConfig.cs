using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.MultitaskPromptTuning;

namespace Peft.Declarative;

/// <summary>
/// The config of multitask prompt tuning, as in adapter_config.json. The properties are those of <see cref="MultitaskPromptTuningAttribute"/>.
/// </summary>
public sealed record MultitaskPromptTuningConfig : VirtualTokenConfig
{
    /// <inheritdoc/>
    public override string PeftType => MultitaskPromptTuningFacts.Method.PeftType;

    /// <summary>The number of tasks, at least 1. The default is 1.</summary>
    public int Tasks { get; init; } = 1;

    /// <summary>The rank of the matrix of each task, at least 1. The default is 1.</summary>
    public int Ranks { get; init; } = MultitaskPromptTuningFacts.Ranks;

    /// <summary>The initialization. The default draws the shared prompt from the standard normal distribution.</summary>
    public MultitaskPromptInit Init { get; init; }

    /// <summary>
    /// The text whose token embeddings initialize the shared prompt. Required by <see cref="MultitaskPromptInit.Text"/>. The default is <see langword="null"/>.
    /// </summary>
    public string? InitText { get; init; }

    /// <summary>The directory of the tokenizer for the text. The default is <see langword="null"/>: the base model's directory.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>
    /// The directory of the adapter from which this one starts, or its file of tensors. Required by the initializations that start from source tasks. The
    /// default is <see langword="null"/>.
    /// </summary>
    public string? InitAdapter { get; init; }

    /// <summary>The task of the other adapter for <see cref="MultitaskPromptInit.ExactSourceTask"/>. The default is 0.</summary>
    public int InitTask { get; init; }

    internal override MethodFacts Facts => MultitaskPromptTuningFacts.Method;

    internal override int? TaskCount => Tasks;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("tokens", Tokens), ("tasks", Tasks), ("ranks", Ranks), ("InitTask", InitTask)];

    private protected override JsonObject Defaults()
    {
        JsonObject json = base.Defaults();
        json["tokenizer_kwargs"] = null;
        return json;
    }

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        if (Source is not null)
        {
            return;
        }

        json["num_tasks"] = Tasks;
        json["num_ranks"] = Ranks;
        json["prompt_tuning_init_text"] = InitText;
        json["tokenizer_name_or_path"] = Init == MultitaskPromptInit.Text ? Tokenizer ?? BaseModel : Tokenizer;

        // The reference library reads the source again whenever it loads the adapter, and fails if it is gone or there are several tasks.
        json["prompt_tuning_init"] = Init == MultitaskPromptInit.Text ? "TEXT" : "RANDOM";
        json["prompt_tuning_init_state_dict_path"] = null;
        json["prompt_tuning_init_task"] = 0;
    }
}
