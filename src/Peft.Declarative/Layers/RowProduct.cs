using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>x Wᵀ</c> for a few rows <c>x</c> where gradients are switched off, as when a text is generated: the time is that of reading <c>W</c> once, so it is read as it is stored.
/// libtorch would convert all of it for them. Products and sums are float32, as they are with a converted weight, and those of a row with dense weights
/// do not depend on how many rows there are.
/// </summary>
internal static unsafe class RowProduct
{
    /// <summary>Up to this many rows, weights of every type are multiplied here.</summary>
    internal const int FewRows = 8;

    /// <summary>With more rows, libtorch's matrix products are faster: of float32 values from here on, in bfloat16 on a processor that has instructions for it earlier.</summary>
    internal const int MostRows = 32;

    /// <summary>Whether there are few rows, in float32 and host memory, and gradients are switched off.</summary>
    /// <remarks>It does not ask whether the input has one, so that an adapter that changes nothing yet leaves the output of a layer the same to the bit.</remarks>
    internal static bool Fits(Tensor input) =>
        input.dtype == ScalarType.Float32
        && input.device_type == DeviceType.CPU
        && input.numel() > 0
        && input.numel() <= MostRows * input.size(-1)
        && !is_grad_enabled();

    /// <summary>Multiplies with a weight in float32 or bfloat16, or gives null if its elements are not row by row, libtorch is faster, or it has to say that the sizes are wrong.</summary>
    internal static Tensor? Linear(Tensor input, Tensor weight)
    {
        if (weight.dtype is not (ScalarType.Float32 or ScalarType.BFloat16) || weight.Dimensions != 2 || !weight.is_contiguous())
        {
            return null;
        }

        (long outputs, long width) = (weight.size(0), weight.size(1));
        bool narrow = weight.dtype == ScalarType.BFloat16;
        if (input.size(-1) != width || (narrow && BFloat16Speed.HasInstructions && input.numel() > FewRows * width))
        {
            return null;
        }

        Tensor output = input.new_empty(TensorSizes.WithLast(input, outputs));
        using Tensor rows = input.contiguous();
        long count = rows.numel() / width;
        var left = (float*)RawTensor.Address(rows);
        void* right = RawTensor.Address(weight);
        var target = (float*)RawTensor.Address(output);
        BlockRange.Run(outputs * width, (int)width, (from, to) =>
        {
            if (narrow)
            {
                RowTile.Multiply(left, count, (ushort*)right + (from * width), to - from, width, target + from, outputs);
            }
            else
            {
                RowTile.Multiply(left, count, (float*)right + (from * width), to - from, width, target + from, outputs);
            }
        });
        GC.KeepAlive(weight);
        return output;
    }

    /// <summary>Multiplies with a weight in 4 bits, or gives null if its blocks do not end where its rows end, or the widths differ.</summary>
    internal static Tensor? Linear(Tensor input, QuantizedStore store)
    {
        QuantizedTensor weight = store.Weight;
        int block = weight.Settings.BlockOf(weight.Shape);
        if (weight.Settings.Bits != 4 || store.LayerIsTransposed || input.size(-1) != weight.Shape[1] || !FourBitRowKernel.Fits(weight.Shape[1], block))
        {
            return null;
        }

        Tensor output = input.new_empty(TensorSizes.WithLast(input, weight.Shape[0]));
        using Tensor rows = input.contiguous();
        FourBitRowKernel.Multiply(
            CodeTable.Of(weight.Settings.Type).ValuesIn(ScalarType.Float32),
            (byte*)RawTensor.Address(weight.Packed),
            weight.Scales.InHostMemory(),
            block,
            (float*)RawTensor.Address(rows),
            (int)weight.Shape[1],
            (int)(rows.numel() / weight.Shape[1]),
            (float*)RawTensor.Address(output),
            weight.Shape[0]);
        GC.KeepAlive(weight);
        return output;
    }
}
