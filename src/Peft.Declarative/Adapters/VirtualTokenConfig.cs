using System.Text.Json.Nodes;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>The base class of the configs of methods with virtual tokens, in the input or in the key/value cache.</summary>
public abstract record VirtualTokenConfig : AdapterConfig
{
    /// <summary>The number of virtual tokens; at least 1.</summary>
    public required int Tokens { get; init; }

    /// <summary>
    /// The modules that are trained in full and saved with the virtual tokens, such as the head of a classifier. The default is <see
    /// langword="null"/>, none.
    /// </summary>
    public IReadOnlyList<string>? ModulesToSave { get; init; }

    /// <summary>The width of a virtual token. Known after the adapter was attached to a model.</summary>
    internal int? Width { get; init; }

    /// <summary>The number of heads of the base model, which the reference library's files contain.</summary>
    internal int? Heads { get; init; }

    /// <summary>The number of blocks of the base model, which the reference library's files contain.</summary>
    internal int? Blocks { get; init; }

    /// <summary>The number of stacks of blocks with their own virtual tokens. The default is 1.</summary>
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
