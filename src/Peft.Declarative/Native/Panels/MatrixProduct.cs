using static TorchSharp.torch;

namespace Peft.Declarative.Native.Panels;

/// <summary>
/// Products of float32 matrices that nothing records: by <see cref="PanelProduct"/> where this machine was measured to be faster with it, otherwise by libtorch. A right
/// matrix in bfloat16 is converted as it is read.
/// </summary>
internal static unsafe class MatrixProduct
{
    // Fewer rows or columns, such as the rank of an adapter, fill tiles and panels badly.
    private const long LeastRows = 24;
    private const long LeastColumns = 32;
    private const long LeastInner = 32;

    /// <summary>Computes <c>x Wᵀ</c>, a new tensor […, out].</summary>
    /// <param name="input">The input […, in].</param>
    /// <param name="weight">The weight [out, in], in the type of the input.</param>
    internal static Tensor Linear(Tensor input, Tensor weight) => Panels(input, weight) ?? nn.functional.linear(input, weight);

    /// <summary>The same in panels, or null if they do not apply.</summary>
    /// <param name="input">The input […, in].</param>
    /// <param name="weight">The weight [out, in], in float32 or bfloat16.</param>
    internal static Tensor? Panels(Tensor input, Tensor weight)
    {
        if (!Takes(input, weight))
        {
            return null;
        }

        (long outputs, long width) = (weight.size(0), weight.size(1));
        long rows = input.numel() / width;
        Tensor output = input.new_empty(TensorSizes.WithLast(input, outputs));
        Compute(
            new HostMatrix<float>((float*)RawTensor.FirstElement(input), rows, width, width, 1),
            weight,
            new HostMatrix<float>((float*)RawTensor.FirstElement(output), rows, outputs, outputs, 1),
            adds: false,
            turned: true);
        GC.KeepAlive(input);
        return output;
    }

    /// <summary>Whether <c>x Wᵀ</c> is computed in panels.</summary>
    internal static bool Takes(Tensor input, Tensor weight) =>
        PanelSpeed.IsFaster
        && Reads(weight)
        && input.dtype == ScalarType.Float32
        && input.device_type == DeviceType.CPU
        && IsLarge(input.numel() / Math.Max(1, weight.size(1)), weight.size(1), weight.size(0))
        && input.size(-1) == weight.size(1)   // otherwise libtorch says what is wrong
        && input.is_contiguous();

    /// <summary>Computes <c>l r</c> into a tensor, or adds it.</summary>
    /// <param name="target">The tensor [rows, columns].</param>
    /// <param name="left">The left matrix [rows, inner].</param>
    /// <param name="right">The right matrix [inner, columns], in the type of the left one, or in bfloat16 if <see cref="Fits"/> says so.</param>
    /// <param name="adds">Whether the product is added to what the tensor holds.</param>
    internal static Tensor Put(Tensor target, Tensor left, Tensor right, bool adds)
    {
        if (!Fits(left, right) || !ReadsRows(target) || target.size(0) != left.size(0) || target.size(1) != right.size(1))
        {
            return target.addmm_(left, right, adds ? 1f : 0f, 1f);
        }

        Compute(Matrix<float>(left), right, Matrix<float>(target), adds, turned: false);
        GC.KeepAlive(left);
        return target;
    }

    /// <summary>Whether a product [rows, inner] × [inner, columns] is computed in panels.</summary>
    internal static bool Fits(Tensor left, Tensor right) =>
        PanelSpeed.IsFaster
        && Reads(right)
        && ReadsRows(left)
        && left.size(1) == right.size(0)
        && IsLarge(left.size(0), left.size(1), right.size(1));

    /// <summary>Whether panels can be multiplied with the rows of a matrix, and so into them.</summary>
    internal static bool ReadsRows(Tensor matrix) => matrix.dtype == ScalarType.Float32 && matrix.device_type == DeviceType.CPU && matrix.stride(1) == 1;

    private static bool Reads(Tensor right) =>
        right.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && right.device_type == DeviceType.CPU
        && right.Dimensions == 2
        && (right.stride(0) == 1 || right.stride(1) == 1);

    /// <summary>Whether a product is large enough for panels.</summary>
    internal static bool IsLarge(long rows, long inner, long columns) => rows >= LeastRows && inner >= LeastInner && columns >= LeastColumns;

    /// <summary>A matrix in host memory. The tensor must be kept while it is used.</summary>
    internal static HostMatrix<T> Matrix<T>(Tensor tensor)
        where T : unmanaged =>
        new((T*)RawTensor.FirstElement(tensor), tensor.size(0), tensor.size(1), tensor.stride(0), tensor.stride(1));

    private static void Compute(HostMatrix<float> left, Tensor right, HostMatrix<float> result, bool adds, bool turned)
    {
        if (right.dtype == ScalarType.Float32)
        {
            PanelProduct.Multiply(left, Source<float>(right, turned), result, adds);
        }
        else
        {
            PanelProduct.Multiply(left, Source<ushort>(right, turned), result, adds);
        }

        GC.KeepAlive(right);
    }

    private static DenseSource<T> Source<T>(Tensor right, bool turned)
        where T : unmanaged => new(turned ? Matrix<T>(right).Transposed : Matrix<T>(right));
}
