using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Dequantizes tensors, or rows of them, into one reused buffer, which grows to the size of the largest and has the type in which the model multiplies. New
/// memory for each tensor would cost more in page faults than the arithmetic. All layers of a model share one instance; if the buffer is in use, another
/// caller gets new memory.
/// </summary>
internal sealed class Dequantizer : IDisposable
{
    private readonly Lock _lock = new();
    private Tensor? _buffer;       // in host memory; null while it is rented
    private DeviceTables? _tables; // for other devices
    private bool _disposed;

    /// <summary>The number of elements of the buffer; 0 while it is rented.</summary>
    internal long BufferElements => _buffer?.numel() ?? 0;

    /// <summary>Dequantizes a tensor. The caller disposes the result as soon as it no longer needs the tensor.</summary>
    internal DenseLease Rent(QuantizedTensor source, ScalarType type) => source.Packed.device_type == DeviceType.CPU
        ? Rent(source, type, 0, [.. source.Shape])
        : new DenseLease(Tables(source.Packed.device).Dequantize(source, type), null, null);

    /// <summary>Dequantizes rows of a matrix; all rows, unless it is in host memory.</summary>
    /// <param name="source">The matrix.</param>
    /// <param name="type">The element type of the result.</param>
    /// <param name="first">The first row, where a block of elements with one scale begins.</param>
    /// <param name="count">The number of rows.</param>
    internal DenseLease RentRows(QuantizedTensor source, ScalarType type, long first, long count) => count == source.Shape[0]
        ? Rent(source, type)
        : Rent(source, type, first * source.Shape[1], [count, source.Shape[1]]);

    private DenseLease Rent(QuantizedTensor source, ScalarType type, long start, long[] shape)
    {
        using IDisposable untracked = no_grad();
        bool direct = BlockTarget.Writes(type);
        long elements = 1;
        foreach (long size in shape)
        {
            elements *= size;
        }

        Tensor buffer = Take(elements, direct ? type : ScalarType.Float32);
        Fill(buffer, source, type, start, elements);
        Tensor dense = View(buffer, elements, shape);
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

    private static unsafe void Fill(Tensor buffer, QuantizedTensor source, ScalarType type, long start, long elements)
    {
        var target = new BlockTarget(RawTensor.Address(buffer), buffer.dtype);
        byte* codes = (byte*)RawTensor.Address(source.Packed) + (start * source.Settings.Bits / 8);
        int block = source.Settings.BlockOf(source.Shape);
        BlockScales scales = source.Scales.InHostMemory().From(start / block);
        switch (source.Settings.Type)
        {
            case QuantizationType.Int8:
                RowInt8Kernel.Dequantize((sbyte*)codes, scales, elements / block, block, target);
                break;
            case QuantizationType.Dynamic8:
                EightBitKernel.Dequantize(CodeTable.SignedDynamic.Values, codes, scales, elements, block, target);
                break;
            default:
                FourBitKernel.Dequantize(CodeTable.Of(source.Settings.Type).ValuesIn(type), codes, scales, elements, block, target);
                break;
        }

        GC.KeepAlive(source);
    }

    private static Tensor View(Tensor buffer, long elements, long[] shape)
    {
        using DisposeScope scope = NewDisposeScope();
        return buffer.narrow(0, 0, elements).view(shape).DetachFromDisposeScope();
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
