using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>The blocks of the encoder or the decoder, and the final norm.</summary>
/// <remarks>Both stacks use the <c>shared</c> embedding of the model.</remarks>
public abstract class T5Stack : SlotHost
{
    private readonly double _dropout;

    private protected T5Stack(string name, T5Config config)
        : base(name)
    {
        _dropout = config.Dropout;
        final_layer_norm = new RmsNorm(config.HiddenSize, config.NormEpsilon);
    }

    /// <summary>The norm after the last block.</summary>
    [Slot("d_model", Kind = LayerKind.Norm)]
    public nn.Module<Tensor, Tensor> final_layer_norm { get; set => Fill(ref field, value); }

    /// <summary>Computes the input of the first block from embedded tokens.</summary>
    internal Tensor Begin(Tensor words) => Dropout.Apply(words, _dropout, training);

    /// <summary>Computes the output of the stack from the output of the last block.</summary>
    internal Tensor End(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        return Dropout.Apply(final_layer_norm.call(hidden), _dropout, training).MoveToOuterDisposeScope();
    }
}

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
