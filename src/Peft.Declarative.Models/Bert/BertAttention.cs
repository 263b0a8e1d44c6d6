using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

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

    /// <summary>Query, key and value.</summary>
    public BertSelfAttention self { get; }

    /// <summary>Output projection and norm.</summary>
    public BertSelfOutput output { get; }

    internal Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        return output.Forward(self.Forward(hidden, context), hidden).MoveToOuterDisposeScope();
    }
}
