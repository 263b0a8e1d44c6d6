using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>A soft prompt as adapter_config.json describes it. The properties are those of <see cref="PromptTuningAttribute"/>.</summary>
public sealed record PromptTuningConfig : AdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "PROMPT_TUNING";

    /// <summary>Number of learned vectors; at least 1.</summary>
    public required int Tokens { get; init; }

    /// <summary>How the vectors start.</summary>
    public PromptInit Init { get; init; }

    /// <summary>Text whose token embeddings start the prompt.</summary>
    public string? InitText { get; init; }

    /// <summary>Directory with the tokenizer for the text.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Modules that are trained in full and saved with the prompt: the head of a classifier.</summary>
    public IReadOnlyList<string>? ModulesToSave { get; init; }

    /// <summary>Width of a vector, known once the adapter is on a model.</summary>
    internal int? Width { get; init; }

    /// <summary>Heads of the base model, which the reference library writes down.</summary>
    internal int? Heads { get; init; }

    /// <summary>Blocks of the base model, which the reference library writes down.</summary>
    internal int? Blocks { get; init; }

    /// <summary>Stacks of blocks that have vectors of their own.</summary>
    internal int Stacks { get; init; } = 1;

    internal override AdapterConfig Resolve(Adapter adapter, nn.Module model)
    {
        var known = (PromptTuningConfig)base.Resolve(adapter, model);
        return Source is not null || model is not PretrainedModel { Config: var sizes } pretrained ? known : known with
        {
            Width = sizes.HiddenSize,
            Heads = sizes.HeadCount,
            Blocks = sizes.LayerCount,
            Stacks = pretrained.PromptStacks,
            ModulesToSave = TrainedHeads.Of(model) is { Count: > 0 } heads ? heads : null,
        };
    }

    private protected override JsonObject Defaults()
    {
        JsonObject json = CommonDefaults();
        json["tokenizer_kwargs"] = null;
        return json;
    }

    private protected override void Write(JsonObject json)
    {
        if (Source is not null)
        {
            return;
        }

        json["modules_to_save"] = ConfigJson.Array(ModulesToSave);
        json["num_transformer_submodules"] = Stacks;
        json["num_virtual_tokens"] = Tokens;
        json["prompt_tuning_init"] = Init switch { PromptInit.Text => "TEXT", PromptInit.SampleVocabulary => "SAMPLE_VOCAB", _ => "RANDOM" };
        json["prompt_tuning_init_text"] = InitText;
        json["tokenizer_name_or_path"] = Init == PromptInit.Text ? Tokenizer ?? BaseModel : Tokenizer;
        json["token_dim"] = Width;
        json["num_attention_heads"] = Heads;
        json["num_layers"] = Blocks;
    }
}
