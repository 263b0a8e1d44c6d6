using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>The blocks of a BERT encoder.</summary>
public sealed class BertEncoder : SlotHost
{
    internal BertEncoder(BertConfig config)
        : base(nameof(BertEncoder))
    {
        layer = new BlockList<BertLayer>(Enumerable.Range(0, config.LayerCount).Select(_ => new BertLayer(config)));
        register_module(nameof(layer), layer);
    }

    /// <summary>The blocks.</summary>
    [Blocks("num_hidden_layers")]
    public BlockList<BertLayer> layer { get; }
}
