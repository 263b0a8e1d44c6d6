using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>What an encoder made of the source text, for the decoder's cross-attention.</summary>
/// <param name="Hidden">The encoder's last hidden states [batch, virtual tokens + source, hidden].</param>
/// <param name="Mask">Which of them count.</param>
public sealed record EncoderOutput(Tensor Hidden, AttentionMask Mask)
{
    /// <summary>
    /// Their keys and values in each block of the decoder, which do not change while it generates; filled by the first step, null outside
    /// generation.
    /// </summary>
    public KeyValueCache? Cache { get; init; }
}
