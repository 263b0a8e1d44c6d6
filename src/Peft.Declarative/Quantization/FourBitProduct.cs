using Peft.Declarative.Native.Panels;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>Products of many rows of float32 values and a weight of 4-bit codes, in panels where this machine is faster with them.</summary>
internal static class FourBitProduct
{
    /// <summary>Computes <c>l C</c> or <c>l Cᵀ</c> with the codes <c>C</c> into a tensor, or adds it.</summary>
    /// <param name="target">The tensor [rows, columns].</param>
    /// <param name="left">The left matrix [rows, inner].</param>
    /// <param name="codes">The codes.</param>
    /// <param name="transposes">Whether the product is <c>l Cᵀ</c>.</param>
    /// <param name="adds">Whether the product is added to what the tensor holds.</param>
    /// <returns>Whether panels apply; otherwise nothing was computed.</returns>
    internal static bool Put(Tensor target, Tensor left, QuantizedTensor codes, bool transposes, bool adds)
    {
        if (!PanelSpeed.IsFaster
            || codes.Packed.device_type != DeviceType.CPU
            || !MatrixProduct.ReadsRows(left)
            || !MatrixProduct.ReadsRows(target)
            || !MatrixProduct.IsLarge(left.size(0), left.size(1), target.size(1))
            || left.size(1) != codes.Shape[transposes ? 1 : 0]   // libtorch says what is wrong
            || FourBitSource.Of(codes, transposes) is not { } source)
        {
            return false;
        }

        PanelProduct.Multiply(MatrixProduct.Matrix<float>(left), source, MatrixProduct.Matrix<float>(target), adds);
        GC.KeepAlive(target);
        GC.KeepAlive(left);
        GC.KeepAlive(codes);
        return true;
    }
}
