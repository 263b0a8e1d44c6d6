using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>Splits the tensor of a prefix into keys and values.</summary>
internal static class PrefixCut
{
    /// <summary>
    /// Gets the pieces [1, heads, tokens, width] of each block in turn: keys, values. It is one operation in the backward pass, for any number of
    /// blocks.
    /// </summary>
    /// <param name="tensor">The tensor [tokens, pieces · heads · width], or the same values in one row.</param>
    /// <param name="tokens">The number of keys in each layer.</param>
    /// <param name="pieces">Twice the number of blocks.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="width">The width of a head.</param>
    internal static Tensor[] Of(Tensor tensor, int tokens, int pieces, long heads, long width) =>
        tensor.view(tokens, pieces, heads, width).permute(1, 2, 0, 3).unsqueeze(1).unbind(0);
}
