using Peft.Declarative.BaseModels;

namespace Peft.Declarative.Models;

/// <summary>T5's encoder.</summary>
public sealed class T5Encoder : T5Stack
{
    internal T5Encoder(T5Config config)
        : base(nameof(T5Encoder), config)
    {
        block = new BlockList<T5EncoderBlock>(Enumerable.Range(0, config.LayerCount).Select(index => new T5EncoderBlock(config, index)));
        register_module(nameof(block), block);
    }

    /// <summary>The blocks.</summary>
    [Blocks("num_layers")]
    public BlockList<T5EncoderBlock> block { get; }
}
