using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>The output of an encoder, for the cross-attention of the decoder.</summary>
/// <param name="Hidden">The last hidden states of the encoder [batch, virtual tokens + source, hidden].</param>
/// <param name="Mask">The mask that hides padding.</param>
public sealed record EncoderOutput(Tensor Hidden, AttentionMask Mask)
{
    /// <summary>
    /// The keys and values of the source in each block of the decoder. The first step of generation computes them, and later steps reuse them.
    /// <see langword="null"/> (the default) outside generation.
    /// </summary>
    public KeyValueCache? Cache { get; init; }

    /// <summary>The names of the adapters of the rows; <see langword="null"/> (the default) if the active adapters apply to all rows.</summary>
    public IReadOnlyList<string?>? Adapters { get; init; }

    /// <inheritdoc cref="ModelInput.TaskIds"/>
    public IReadOnlyList<int?>? TaskIds { get; init; }
}
