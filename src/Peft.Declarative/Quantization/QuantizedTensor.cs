using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// A tensor of 4 bits per element, as bitsandbytes stores it: codes, two to a byte, and a scale for each block of elements in row-major order. Bit for bit
/// the same codes and scales. Dettmers et al. 2023, arXiv 2305.14314.
/// </summary>
public sealed class QuantizedTensor : IDisposable
{
    private QuantizedTensor(QuantizationSettings settings, long[] shape, ScalarType sourceType, Tensor packed, ScaleTensors scales)
    {
        Settings = settings;
        Shape = shape;
        SourceType = sourceType;
        Scales = scales;
        Elements = shape.Aggregate(1L, (product, size) => product * size);
        var parameter = new Parameter(packed, requires_grad: false);
        Packed = (Parameter)parameter.DetachFromDisposeScope();
    }

    /// <summary>How it was quantised.</summary>
    public QuantizationSettings Settings { get; }

    /// <summary>Shape of the tensor that was quantised.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Type of the tensor that was quantised.</summary>
    public ScalarType SourceType { get; }

    /// <summary>The codes: uint8 [half the elements, 1], the first element in the upper half of the first byte.</summary>
    public Parameter Packed { get; }

    /// <summary>Bytes that it takes.</summary>
    public long Bytes => Settings.Bytes(Elements);

    internal long Elements { get; }

    internal ScaleTensors Scales { get; }

    /// <summary>Quantises a tensor. The codes are made on the CPU, so they are the same for every device, and then go where the tensor is.</summary>
    /// <param name="source">A tensor of any shape. float32, bfloat16 and float16 are read in place, also from a file.</param>
    /// <param name="settings">Values, block size, and whether scales are quantised.</param>
    public static QuantizedTensor Quantize(Tensor source, QuantizationSettings settings) => Quantize(source, settings, source.device);

    /// <summary>Rebuilds a tensor from its parts, which are taken over.</summary>
    internal static QuantizedTensor FromParts(
        QuantizationSettings settings, long[] shape, ScalarType sourceType, Tensor packed, ScaleTensors scales) =>
        new(settings, shape, sourceType, packed, scales);

    internal static unsafe QuantizedTensor Quantize(Tensor source, QuantizationSettings settings, Device device)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long count = source.numel();
        Tensor packed = empty([(count + 1) / 2, 1], dtype: ScalarType.Byte, device: CPU);
        Tensor scales = empty([BlockRange.Count(count, settings.BlockSize)], dtype: ScalarType.Float32, device: CPU);
        byte* codes = (byte*)RawTensor.Address(packed);
        float* greatest = (float*)RawTensor.Address(scales);
        Tensor plain = source.detach().cpu().contiguous();
        plain = BlockSource.Reads(plain.dtype) ? plain : plain.to(ScalarType.Float32);
        var blocks = new BlockSource(RawTensor.Address(plain), plain.dtype);
        FourBitKernel.Quantize(CodeTable.Of(settings.Type), blocks, count, settings.BlockSize, codes, greatest);

        return new QuantizedTensor(
            settings,
            source.shape,
            source.dtype,
            packed.to(device).MoveToOuterDisposeScope(),
            ScaleTensors.Of(scales, settings.DoubleQuantization).To(device));
    }

    /// <summary>The tensor that the codes stand for.</summary>
    /// <param name="type">Type of the result; that of the quantised tensor unless set.</param>
    public Tensor Dequantize(ScalarType? type = null)
    {
        using var dequantizer = new Dequantizer();
        using DenseLease dense = dequantizer.Rent(this, type ?? SourceType);
        return dense.Value.clone();
    }

    /// <summary>Frees codes and scales.</summary>
    public void Dispose()
    {
        Packed.Dispose();
        Scales.Dispose();
    }
}
