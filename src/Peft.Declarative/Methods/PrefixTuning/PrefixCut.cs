using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>Cuts the tensor of a prefix into keys and values.</summary>
internal static class PrefixCut
{
    /// <summary>Pieces [1, heads, tokens, width] for each block in turn: keys, values. One operation in backward, however many blocks there are.</summary>
    /// <param name="tensor">[tokens, pieces · heads · width], or the same values in one row.</param>
    /// <param name="tokens">Number of keys in each layer.</param>
    /// <param name="pieces">Twice the number of blocks.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="width">Width of a head.</param>
    internal static Tensor[] Of(Tensor tensor, int tokens, int pieces, long heads, long width) =>
        [.. tensor.view(tokens, pieces, heads, width).permute(1, 2, 0, 3).unsqueeze(1).unbind(0)];
}
