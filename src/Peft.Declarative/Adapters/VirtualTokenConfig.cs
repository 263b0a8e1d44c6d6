using System.Text.Json.Nodes;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>What the configs of methods have in common that put learned vectors before the text, in the input or in the cache.</summary>
public abstract record VirtualTokenConfig : AdapterConfig
{
    /// <summary>Number of learned vectors; at least 1.</summary>
    public required int Tokens { get; init; }

    /// <summary>Modules that are trained in full and saved with the vectors: the head of a classifier.</summary>
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
        var known = (VirtualTokenConfig)base.Resolve(adapter, model);
        return Source is not null || model is not IBaseModel sizes ? known : known with
        {
            Width = sizes.HiddenSize,
            Heads = sizes.HeadCount,
            Blocks = sizes.LayerCount,
            Stacks = sizes.PromptStacks,
            ModulesToSave = TrainedHeads.Of(model) is { Count: > 0 } heads ? heads : null,
        };
    }

    private protected override JsonObject Defaults() => CommonDefaults();

    private protected override void Write(JsonObject json)
    {
        if (Source is not null)
        {
            return;
        }

        json["modules_to_save"] = ConfigJson.Array(ModulesToSave);
        json["num_transformer_submodules"] = Stacks;
        json["num_virtual_tokens"] = Tokens;
        json["token_dim"] = Width;
        json["num_attention_heads"] = Heads;
        json["num_layers"] = Blocks;
    }
}
