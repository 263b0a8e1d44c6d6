using Peft.Declarative.BaseModels;

namespace Peft.Declarative.Models;

/// <summary>T5's decoder.</summary>
public sealed class T5Decoder : T5Stack
{
    internal T5Decoder(T5Config config)
        : base(nameof(T5Decoder), config)
    {
        block = new BlockList<T5DecoderBlock>(Enumerable.Range(0, config.DecoderLayerCount).Select(index => new T5DecoderBlock(config, index)));
        register_module(nameof(block), block);
    }

    /// <summary>The blocks.</summary>
    [Blocks("num_decoder_layers")]
    public BlockList<T5DecoderBlock> block { get; }
}
