using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>The scales of a quantised tensor's blocks.</summary>
/// <param name="Values">float32 [blocks]; under double quantisation uint8 codes of the dynamic map.</param>
/// <param name="Nested">float32 [blocks / 256], scales of those codes; null without double quantisation.</param>
/// <param name="Offset">Mean of the scales, which is taken off before they are quantised; 0 without double quantisation.</param>
internal sealed record ScaleTensors(Tensor Values, Tensor? Nested = null, float Offset = 0) : IDisposable
{
    /// <summary>Keeps scales, or quantises them to 8 bits. Dettmers et al. 2023, section 3.</summary>
    internal static unsafe ScaleTensors Of(Tensor scales, bool quantize)
    {
        if (!quantize)
        {
            return new ScaleTensors(scales.DetachFromDisposeScope());
        }

        using DisposeScope scope = NewDisposeScope();
        float offset = scales.mean().item<float>();
        Tensor centred = scales - offset;
        Tensor codes = empty_like(scales, dtype: ScalarType.Byte);
        Tensor nested = empty([BlockRange.Count(scales.numel(), QuantizedSize.NestedBlockSize)], dtype: ScalarType.Float32, device: CPU);
        EightBitKernel.Quantize(
            CodeTable.SignedDynamic, (float*)RawTensor.Address(centred), centred.numel(), QuantizedSize.NestedBlockSize,
            (byte*)RawTensor.Address(codes), (float*)RawTensor.Address(nested));
        return new ScaleTensors(codes.DetachFromDisposeScope(), nested.DetachFromDisposeScope(), offset);
    }

    /// <summary>These scales on a device; the ones here are freed if that is another one.</summary>
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

    /// <summary>The scales as numbers, float32 [blocks], by tensor operations.</summary>
    /// <param name="map">The dynamic map [256] on the device of the scales.</param>
    internal Tensor Dense(Tensor map)
    {
        if (Nested is null)
        {
            return Values.alias();
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor spread = Nested.repeat_interleave(QuantizedSize.NestedBlockSize).narrow(0, 0, Values.size(0));
        return map.index_select(0, Values.to(ScalarType.Int32)).mul_(spread).add_(Offset).MoveToOuterDisposeScope();
    }

    /// <summary>The scales in host memory, for kernels.</summary>
    internal unsafe BlockScales InHostMemory() => Nested is null
        ? new BlockScales((float*)RawTensor.Address(Values))
        : new BlockScales((byte*)RawTensor.Address(Values), (float*)RawTensor.Address(Nested), Offset);

    public void Dispose()
    {
        Values.Dispose();
        Nested?.Dispose();
    }
}
