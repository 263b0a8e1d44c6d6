using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Dequantizes tensors into one reused buffer, which grows to the size of the largest tensor and has the type in which the model multiplies. New memory for
/// each tensor would cost more in page faults than the arithmetic. All layers of a model share one instance; if the buffer is in use, another caller gets
/// new memory.
/// </summary>
internal sealed class Dequantizer : IDisposable
{
    private readonly Lock _lock = new();
    private Tensor? _buffer;       // in host memory; null while it is rented
    private DeviceTables? _tables; // for other devices
    private bool _disposed;

    /// <summary>Dequantizes a tensor. The caller disposes the result as soon as it no longer needs the tensor.</summary>
    internal DenseLease Rent(QuantizedTensor source, ScalarType type)
    {
        using IDisposable untracked = no_grad();
        if (source.Packed.device_type != DeviceType.CPU)
        {
            return new DenseLease(Tables(source.Packed.device).Dequantize(source, type), null, null);
        }

        bool direct = BlockTarget.Writes(type);
        Tensor buffer = Take(source.Elements, direct ? type : ScalarType.Float32);
        Tensor dense = Fill(buffer, source, type);
        if (direct)
        {
            return new DenseLease(dense, this, buffer);
        }

        using (dense)
        {
            Tensor converted = dense.to(type).DetachFromDisposeScope();
            GiveBack(buffer);
            return new DenseLease(converted, null, null);
        }
    }

    /// <summary>Returns a buffer for reuse. If there is another one of its type, the larger one is kept.</summary>
    internal void GiveBack(Tensor buffer)
    {
        lock (_lock)
        {
            if (_disposed || (_buffer is { } other && other.dtype == buffer.dtype && other.numel() >= buffer.numel()))
            {
                buffer.Dispose();
                return;
            }

            _buffer?.Dispose();
            _buffer = buffer;
        }
    }

    /// <summary>Frees the buffer.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _buffer?.Dispose();
            _buffer = null;
            _tables?.Dispose();
            _tables = null;
        }
    }

    private static unsafe Tensor Fill(Tensor buffer, QuantizedTensor source, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        var target = new BlockTarget(RawTensor.Address(buffer), buffer.dtype);
        byte* codes = (byte*)RawTensor.Address(source.Packed);
        int block = source.Settings.BlockOf(source.Shape);
        switch (source.Settings.Type)
        {
            case QuantizationType.Int8:
                RowInt8Kernel.Dequantize((sbyte*)codes, (float*)RawTensor.Address(source.Scales.Values), source.Elements / block, block, target);
                break;
            case QuantizationType.Dynamic8:
                EightBitKernel.Dequantize(CodeTable.SignedDynamic.Values, codes, source.Scales.InHostMemory(), source.Elements, block, target);
                break;
            default:
                float[] values = CodeTable.Of(source.Settings.Type).ValuesIn(type);
                FourBitKernel.Dequantize(values, codes, source.Scales.InHostMemory(), source.Elements, block, target);
                break;
        }

        return buffer.narrow(0, 0, source.Elements).view([.. source.Shape]).DetachFromDisposeScope();
    }

    private Tensor Take(long elements, ScalarType type)
    {
        lock (_lock)
        {
            Tensor? free = _buffer;
            _buffer = null;
            if (free?.numel() >= elements && free.dtype == type)
            {
                return free;
            }

            free?.Dispose();
        }

        return empty([elements], dtype: type, device: CPU).DetachFromDisposeScope();
    }

    private DeviceTables Tables(Device device)
    {
        lock (_lock)
        {
            return _tables ??= new DeviceTables(device);
        }
    }
}
