using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Dequantizes tensors into one reused buffer, which grows to the size of the largest tensor. New memory for each tensor would cost more in page
/// faults than the arithmetic. All layers of a model share one instance; if the buffer is in use, another caller gets new memory.
/// </summary>
internal sealed class Dequantizer : IDisposable
{
    private readonly Lock _lock = new();
    private Tensor? _buffer;       // float32, in host memory; null while it is rented
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

        Tensor buffer = Take(source.Elements);
        Tensor dense = Fill(buffer, source, CodeTable.Of(source.Settings.Type).ValuesIn(type));
        if (type == ScalarType.Float32)
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

    /// <summary>Returns a buffer for reuse. If there is another one, the larger one is kept.</summary>
    internal void GiveBack(Tensor buffer)
    {
        lock (_lock)
        {
            if (_disposed || _buffer?.numel() >= buffer.numel())
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

    private static unsafe Tensor Fill(Tensor buffer, QuantizedTensor source, float[] values)
    {
        using DisposeScope scope = NewDisposeScope();
        FourBitKernel.Dequantize(
            values, (byte*)RawTensor.Address(source.Packed), source.Scales.InHostMemory(), source.Elements,
            source.Settings.BlockSize, (float*)RawTensor.Address(buffer));
        return buffer.narrow(0, 0, source.Elements).view([.. source.Shape]).DetachFromDisposeScope();
    }

    private Tensor Take(long elements)
    {
        lock (_lock)
        {
            Tensor? free = _buffer;
            _buffer = null;
            if (free?.numel() >= elements)
            {
                return free;
            }

            free?.Dispose();
        }

        return empty([elements], dtype: ScalarType.Float32, device: CPU).DetachFromDisposeScope();
    }

    private DeviceTables Tables(Device device)
    {
        lock (_lock)
        {
            return _tables ??= new DeviceTables(device);
        }
    }
}
