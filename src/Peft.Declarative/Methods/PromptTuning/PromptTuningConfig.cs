using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.PromptTuning;

namespace Peft.Declarative;

/// <summary>A soft prompt as adapter_config.json describes it. The properties are those of <see cref="PromptTuningAttribute"/>.</summary>
public sealed record PromptTuningConfig : VirtualTokenConfig
{
    /// <inheritdoc/>
    public override string PeftType => "PROMPT_TUNING";

    /// <summary>How the vectors start; drawn from the normal distribution unless set.</summary>
    public PromptInit Init { get; init; }

    /// <summary>Text whose token embeddings start the prompt; needed by <see cref="PromptInit.Text"/>, null unless set.</summary>
    public string? InitText { get; init; }

    /// <summary>Directory with the tokenizer for the text; the base model's directory unless set.</summary>
    public string? Tokenizer { get; init; }

    internal override MethodFacts Facts => PromptTuningFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("tokens", Tokens)];

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

        json["prompt_tuning_init"] = Init switch { PromptInit.Text => "TEXT", PromptInit.SampleVocabulary => "SAMPLE_VOCAB", _ => "RANDOM" };
        json["prompt_tuning_init_text"] = InitText;
        json["tokenizer_name_or_path"] = Init == PromptInit.Text ? Tokenizer ?? BaseModel : Tokenizer;
    }
}
