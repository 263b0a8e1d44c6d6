using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>The scales of the blocks of a quantized tensor.</summary>
/// <param name="Values">float32 [blocks]; with double quantization, uint8 codes of the dynamic map.</param>
/// <param name="Nested">float32 [blocks / 256]: the scales of those codes; <see langword="null"/> without double quantization.</param>
/// <param name="Offset">The mean of the scales, which is subtracted before they are quantized; 0 without double quantization.</param>
internal sealed record ScaleTensors(Tensor Values, Tensor? Nested = null, float Offset = 0) : IDisposable
{
    /// <summary>Stores scales as they are, or quantizes them to 8 bits. Dettmers et al. 2023, section 3.</summary>
    internal static unsafe ScaleTensors Of(Tensor scales, bool quantize)
    {
        if (!quantize)
        {
            return new ScaleTensors(scales.DetachFromDisposeScope());
        }

        using DisposeScope scope = NewDisposeScope();
        float offset = scales.mean().item<float>();
        Tensor centred = scales - Scalars.Of(offset);
        Tensor codes = empty_like(scales, dtype: ScalarType.Byte);
        Tensor nested = empty([BlockRange.Count(scales.numel(), QuantizedSize.NestedBlockSize)], dtype: ScalarType.Float32, device: CPU);
        EightBitKernel.Quantize(
            CodeTable.SignedDynamic, (float*)RawTensor.Address(centred), centred.numel(), QuantizedSize.NestedBlockSize,
            (byte*)RawTensor.Address(codes), (float*)RawTensor.Address(nested));
        return new ScaleTensors(codes.DetachFromDisposeScope(), nested.DetachFromDisposeScope(), offset);
    }

    /// <summary>Moves the scales to a device. If it is another device, this object is disposed.</summary>
    internal ScaleTensors To(Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return this;
        }

        var moved = new ScaleTensors(Values.to(device).DetachFromDisposeScope(), Nested?.to(device).DetachFromDisposeScope(), Offset);
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
        Tensor spread = Nested.repeat_interleave(QuantizedSize.NestedBlockSize).narrow(0, 0, Values.size(0));
        return map.index_select(0, Values.to(ScalarType.Int32)).mul_(spread).add_(Scalars.Of(Offset), Scalars.One).MoveToOuterDisposeScope();
    }

    /// <summary>The scales in host memory, for the CPU kernels.</summary>
    internal unsafe BlockScales InHostMemory() => Nested is null
        ? new BlockScales((float*)RawTensor.Address(Values))
        : new BlockScales((byte*)RawTensor.Address(Values), (float*)RawTensor.Address(Nested), Offset);

    public void Dispose()
    {
        Values.Dispose();
        Nested?.Dispose();
    }
}
