using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>x Wᵀ</c> for one row <c>x</c> without a gradient, as when a text is generated: the time is that of reading <c>W</c> once, so it is read as it is stored.
/// libtorch would convert all of it for the one row. Products and sums are float32, as they are with a converted weight.
/// </summary>
internal static unsafe class RowProduct
{
    /// <summary>Whether there is one row, in float32 and host memory, and no gradient is asked for.</summary>
    internal static bool Fits(Tensor input) =>
        input.dtype == ScalarType.Float32
        && input.device_type == DeviceType.CPU
        && input.numel() == input.size(-1)
        && !(is_grad_enabled() && input.requires_grad);

    /// <summary>Multiplies with a weight in bfloat16, or gives null if its elements are not row by row.</summary>
    internal static Tensor? Linear(Tensor input, Tensor weight)
    {
        if (weight.dtype != ScalarType.BFloat16 || !weight.is_contiguous())
        {
            return null;
        }

        (long rows, long width) = (weight.size(0), weight.size(1));
        Tensor output = input.new_empty([.. input.shape[..^1], rows]);
        using Tensor row = input.contiguous();
        var left = (float*)RawTensor.Address(row);
        var right = (ushort*)RawTensor.Address(weight);
        var target = (float*)RawTensor.Address(output);
        BlockRange.Run(rows * width, (int)width, (from, to) =>
        {
            for (long i = from; i < to; i++)
            {
                target[i] = DotProduct.Of(left, right + (i * width), width);
            }
        });
        return output;
    }

    /// <summary>Multiplies with a weight in 4 bits, or gives null if its blocks do not end where its rows end.</summary>
    internal static Tensor? Linear(Tensor input, QuantizedStore store)
    {
        QuantizedTensor weight = store.Weight;
        int block = weight.Settings.BlockOf(weight.Shape);
        if (weight.Settings.Bits != 4 || store.LayerIsTransposed || !FourBitRowKernel.Fits(weight.Shape[1], block))
        {
            return null;
        }

        Tensor output = input.new_empty([.. input.shape[..^1], weight.Shape[0]]);
        using Tensor row = input.contiguous();
        FourBitRowKernel.Multiply(
            CodeTable.Of(weight.Settings.Type).ValuesIn(ScalarType.Float32),
            (byte*)RawTensor.Address(weight.Packed),
            weight.Scales.InHostMemory(),
            block,
            (float*)RawTensor.Address(row),
            (int)weight.Shape[1],
            (float*)RawTensor.Address(output),
            weight.Shape[0]);
        return output;
    }
}
