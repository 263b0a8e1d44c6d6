using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// A tensor with 4 or 8 bits per element: codes, and a scale for each block of elements in row-major order. The codes and scales are bit for bit the same as
/// those of bitsandbytes. Dettmers et al. 2023, arXiv 2305.14314, and 2022, arXiv 2208.07339.
/// </summary>
internal sealed class QuantizedTensor : IDisposable
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

    /// <summary>The settings with which the tensor was quantized.</summary>
    public QuantizationSettings Settings { get; }

    /// <summary>The shape of the source tensor.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The element type of the source tensor.</summary>
    public ScalarType SourceType { get; }

    /// <summary>
    /// The codes. In 4 bits, uint8 [elements / 2, 1], rounded up; the upper half of a byte contains the earlier element. In 8 bits, uint8 in the shape of the
    /// source, or int8 for <see cref="QuantizationType.Int8"/>.
    /// </summary>
    public Parameter Packed { get; }

    /// <summary>The size of the codes and scales in bytes.</summary>
    public long Bytes => Settings.Bytes(Shape);

    internal long Elements { get; }

    internal ScaleTensors Scales { get; }

    /// <summary>Quantizes a tensor. The codes are computed on the CPU, so they do not depend on the device, and then moved to the tensor's device.</summary>
    /// <param name="source">A tensor of any shape. float32, bfloat16 and float16 elements are read without a copy, even from a mapped file.</param>
    /// <param name="settings">The data type, the block size, and whether the scales are quantized.</param>
    /// <example>
    /// <code>
    /// using QuantizedTensor quantized = QuantizedTensor.Quantize(weight, new QuantizationSettings());
    /// using Tensor dense = quantized.Dequantize(ScalarType.Float32);
    /// </code>
    /// </example>
    public static QuantizedTensor Quantize(Tensor source, QuantizationSettings settings) => Quantize(source, settings, source.device);

    /// <summary>Creates a tensor from its parts. The new object owns them.</summary>
    internal static QuantizedTensor FromParts(
        QuantizationSettings settings, long[] shape, ScalarType sourceType, Tensor packed, ScaleTensors scales) =>
        new(settings, shape, sourceType, packed, scales);

    /// <param name="source">The tensor.</param>
    /// <param name="settings">The data type, the block size, and whether the scales are quantized.</param>
    /// <param name="device">The device for the codes and scales.</param>
    /// <param name="sourceType">The element type to which the result belongs, if it is not that of <paramref name="source"/>.</param>
    internal static unsafe QuantizedTensor Quantize(Tensor source, QuantizationSettings settings, Device device, ScalarType? sourceType = null)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long count = source.numel();
        int block = settings.BlockOf(source.shape);
        Tensor packed = settings.Bits == 4
            ? empty([(count + 1) / 2, 1], dtype: ScalarType.Byte, device: CPU)
            : empty(source.shape, dtype: settings.Type == QuantizationType.Int8 ? ScalarType.Int8 : ScalarType.Byte, device: CPU);
        Tensor scales = empty([BlockRange.Count(count, block)], dtype: ScalarType.Float32, device: CPU);
        byte* codes = (byte*)RawTensor.Address(packed);
        float* greatest = (float*)RawTensor.Address(scales);
        Tensor plain = source.detach().cpu().contiguous();
        plain = BlockSource.Reads(plain.dtype) ? plain : plain.to(ScalarType.Float32);
        var blocks = new BlockSource(RawTensor.Address(plain), plain.dtype);
        switch (settings.Type)
        {
            case QuantizationType.Int8:
                RowInt8Kernel.Quantize(blocks, count / block, block, (sbyte*)codes, greatest);
                break;
            case QuantizationType.Dynamic8:
                EightBitKernel.Quantize(CodeTable.SignedDynamic, blocks, count, block, codes, greatest);
                break;
            default:
                FourBitKernel.Quantize(CodeTable.Of(settings.Type), blocks, count, block, codes, greatest);
                break;
        }

        return new QuantizedTensor(
            settings,
            source.shape,
            sourceType ?? source.dtype,
            packed.to(device).MoveToOuterDisposeScope(),
            ScaleTensors.Of(scales, settings).To(device));
    }

    /// <summary>Computes the dense tensor from the codes and scales.</summary>
    /// <param name="type">The element type of the result. The default is <see cref="SourceType"/>.</param>
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
