using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>Dequantizes with tensor operations, on devices whose memory the CPU kernels cannot access.</summary>
internal sealed class DeviceTables(Device device) : IDisposable
{
    private readonly Tensor _nf4 = Pairs(CodeTable.Nf4, device);
    private readonly Tensor _fp4 = Pairs(CodeTable.Fp4, device);
    private readonly Tensor _map = tensor(CodeTable.SignedDynamic.Values, device: device).DetachFromDisposeScope();

    internal Tensor Dequantize(QuantizedTensor source, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = source.Settings.Type switch
        {
            QuantizationType.Nf4 => Pairs(_nf4, source, type),
            QuantizationType.Fp4 => Pairs(_fp4, source, type),
            QuantizationType.Dynamic8 => _map.index_select(0, source.Packed.reshape(-1).to(ScalarType.Int32)),
            _ => source.Packed.reshape(-1).to(ScalarType.Float32),
        };
        Scale(values, source.Scales.Dense(_map), source.Settings.BlockOf(source.Shape));
        if (source.Settings.Type == QuantizationType.Int8)
        {
            values.mul_(Scalars.Of(1 / RowInt8Kernel.Greatest));
        }

        return values.view([.. source.Shape]).to(type).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        _nf4.Dispose();
        _fp4.Dispose();
        _map.Dispose();
    }

    private static Tensor Pairs(Tensor pairs, QuantizedTensor source, ScalarType type) => pairs.to(type).to(ScalarType.Float32)
        .index_select(0, source.Packed.reshape(-1).to(ScalarType.Int32)).view(-1).narrow(0, 0, source.Elements);

    // Multiplies in place. The last block can be shorter.
    private static void Scale(Tensor values, Tensor scales, int blockSize)
    {
        long whole = values.numel() / blockSize;
        if (whole > 0)
        {
            values.narrow(0, 0, whole * blockSize).view(whole, blockSize).mul_(scales.narrow(0, 0, whole).unsqueeze(1));
        }

        long rest = values.numel() - (whole * blockSize);
        if (rest > 0)
        {
            values.narrow(0, whole * blockSize, rest).mul_(scales.narrow(0, whole, 1));
        }
    }

    // The two values of each byte, so that one look-up decodes two elements.
    private static Tensor Pairs(CodeTable table, Device device)
    {
        float[] pairs = [.. Enumerable.Range(0, 256).SelectMany(pair => new[] { table.Values[pair >> 4], table.Values[pair & 15] })];
        return tensor(pairs, [256, 2], device: device).DetachFromDisposeScope();
    }
}
