using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.PromptTuning;

namespace Peft.Declarative;

/// <summary>The config of a soft prompt, as in adapter_config.json. The properties are those of <see cref="PromptTuningAttribute"/>.</summary>
public sealed record PromptTuningConfig : VirtualTokenConfig
{
    /// <inheritdoc/>
    public override string PeftType => PromptTuningFacts.Method.PeftType;

    /// <summary>The initialization of the virtual tokens. The default is the standard normal distribution.</summary>
    public PromptInit Init { get; init; }

    /// <summary>
    /// The text whose token embeddings initialize the prompt. Required by <see cref="PromptInit.Text"/>. The default is <see langword="null"/>.
    /// </summary>
    public string? InitText { get; init; }

    /// <summary>The directory of the tokenizer for the text. The default is <see langword="null"/>: the base model's directory.</summary>
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
