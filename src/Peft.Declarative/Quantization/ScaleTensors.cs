using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>The scales of the blocks of a quantized tensor.</summary>
/// <param name="Values">float32 [blocks]; with double quantization, uint8 codes of the dynamic map.</param>
/// <param name="Nested">float32 [blocks / nested block]: the scales of those codes; <see langword="null"/> without double quantization.</param>
/// <param name="Offset">The mean of the scales, which is subtracted before they are quantized; 0 without double quantization.</param>
/// <param name="NestedBlock">The number of scales that share a scale.</param>
internal sealed record ScaleTensors(Tensor Values, Tensor? Nested = null, float Offset = 0, int NestedBlock = QuantizedSize.NestedBlockSize) : IDisposable
{
    /// <summary>Stores scales as they are, or quantizes them to 8 bits. Dettmers et al. 2023, section 3.</summary>
    internal static unsafe ScaleTensors Of(Tensor scales, QuantizationSettings settings)
    {
        if (!settings.HasNestedScales)
        {
            return new ScaleTensors(scales.DetachFromDisposeScope());
        }

        using DisposeScope scope = NewDisposeScope();
        float offset = scales.mean().item<float>();
        Tensor centred = scales - Scalars.Of(offset);
        Tensor codes = empty_like(scales, dtype: ScalarType.Byte);
        int block = settings.NestedBlockSize;
        Tensor nested = empty([BlockRange.Count(scales.numel(), block)], dtype: ScalarType.Float32, device: CPU);
        EightBitKernel.Quantize(
            CodeTable.SignedDynamic, (float*)RawTensor.Address(centred), centred.numel(), block,
            (byte*)RawTensor.Address(codes), (float*)RawTensor.Address(nested));
        return new ScaleTensors(codes.DetachFromDisposeScope(), nested.DetachFromDisposeScope(), offset, block);
    }

    /// <summary>Moves the scales to a device. If it is another device, this object is disposed.</summary>
    internal ScaleTensors To(Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return this;
        }

        var moved = new ScaleTensors(Values.to(device).DetachFromDisposeScope(), Nested?.to(device).DetachFromDisposeScope(), Offset, NestedBlock);
        Dispose();
        return moved;
    }

    /// <summary>Computes the scales as float32 [blocks] with tensor operations.</summary>
    /// <param name="map">The dynamic map [256] on the device of the scales.</param>
    internal Tensor Dense(Tensor map)
    {
        if (Nested is null)
        {
            return Values.alias();
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor spread = Nested.repeat_interleave(NestedBlock).narrow(0, 0, Values.size(0));
        return map.index_select(0, Values.to(ScalarType.Int32)).mul_(spread).add_(Scalars.Of(Offset), Scalars.One).MoveToOuterDisposeScope();
    }

    /// <summary>The scales in host memory, for the CPU kernels.</summary>
    internal unsafe BlockScales InHostMemory() => Nested is null
        ? new BlockScales((float*)RawTensor.Address(Values))
        : new BlockScales((byte*)RawTensor.Address(Values), (float*)RawTensor.Address(Nested), NestedBlock, Offset);

    public void Dispose()
    {
        Values.Dispose();
        Nested?.Dispose();
    }
}
