using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>One block: attention and feed-forward, each followed by a norm over its sum with its input.</summary>
public sealed class BertLayer : SlotHost
{
    internal BertLayer(BertConfig config)
        : base(nameof(BertLayer))
    {
        attention = new BertAttention(config);
        register_module(nameof(attention), attention);
        intermediate = new BertIntermediate(config);
        register_module(nameof(intermediate), intermediate);
        output = new BertLayerOutput(config);
        register_module(nameof(output), output);
    }

    /// <summary>The attention sublayer.</summary>
    public BertAttention attention { get; }

    /// <summary>The beginning of the feed-forward sublayer.</summary>
    public BertIntermediate intermediate { get; }

    /// <summary>The end of the feed-forward sublayer.</summary>
    public BertLayerOutput output { get; }

    internal Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = attention.Forward(hidden, context);
        return output.Forward(intermediate.Forward(attended), attended).MoveToOuterDisposeScope();
    }
}
