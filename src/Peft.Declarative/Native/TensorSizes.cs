using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>The sizes of a tensor in an array, for those who need one. <c>tensor.shape</c> makes five objects to ask for it.</summary>
internal static class TensorSizes
{
    /// <summary>The sizes of all dimensions.</summary>
    internal static long[] Of(Tensor tensor)
    {
        var sizes = new long[tensor.dim()];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = tensor.size(i);
        }

        return sizes;
    }

    /// <summary>Whether two tensors have the same sizes.</summary>
    internal static bool AreSame(Tensor one, Tensor other)
    {
        bool same = one.dim() == other.dim();
        for (int i = 0; same && i < one.dim(); i++)
        {
            same = one.size(i) == other.size(i);
        }

        return same;
    }

    /// <summary>The same with another last one.</summary>
    internal static long[] WithLast(Tensor tensor, long last)
    {
        long[] sizes = Of(tensor);
        sizes[^1] = last;
        return sizes;
    }
}
