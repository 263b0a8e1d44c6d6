using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>A block: an attention and a feed-forward sublayer, each followed by a norm over the sum of its input and output.</summary>
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

    /// <summary>The first half of the feed-forward sublayer.</summary>
    public BertIntermediate intermediate { get; }

    /// <summary>The second half of the feed-forward sublayer: projection, residual and norm.</summary>
    public BertLayerOutput output { get; }

    internal Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = attention.Forward(hidden, context);
        return output.Forward(intermediate.Forward(attended), attended).MoveToOuterDisposeScope();
    }
}

/// <summary>The attention sublayer of a block.</summary>
public sealed class BertAttention : SlotHost
{
    internal BertAttention(BertConfig config)
        : base(nameof(BertAttention))
    {
        self = new BertSelfAttention(config);
        register_module(nameof(self), self);
        output = new BertSelfOutput(config);
        register_module(nameof(output), output);
    }

    /// <summary>The attention without its output projection.</summary>
    public BertSelfAttention self { get; }

    /// <summary>The output projection and the norm.</summary>
    public BertSelfOutput output { get; }

    internal Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        return output.Forward(self.Forward(hidden, context), hidden).MoveToOuterDisposeScope();
    }
}

/// <summary>The first half of the feed-forward sublayer: <c>activation(dense x)</c>.</summary>
public sealed class BertIntermediate : SlotHost
{
    private readonly Func<Tensor, Tensor> _activation;

    internal BertIntermediate(BertConfig config)
        : base(nameof(BertIntermediate))
    {
        _activation = Activations.ByName[config.Activation];
        dense = new Linear(config.HiddenSize, config.IntermediateSize, hasBias: true);
    }

    /// <summary>Up projection.</summary>
    [Slot("intermediate_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> dense { get; set => Fill(ref field, value); }

    internal Tensor Forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        return _activation(dense.call(hidden)).MoveToOuterDisposeScope();
    }
}
