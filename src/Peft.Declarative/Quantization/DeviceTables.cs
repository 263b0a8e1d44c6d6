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
        Tensor pairs = source.Settings.Type == QuantizationType.Nf4 ? _nf4 : _fp4;
        Tensor values = pairs.to(type).to(ScalarType.Float32).index_select(0, source.Packed.reshape(-1).to(ScalarType.Int32)).view(-1).narrow(0, 0, source.Elements);
        Tensor scales = source.Scales.Dense(_map);
        Scale(values, scales, source.Settings.BlockSize);
        return values.view([.. source.Shape]).to(type).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        _nf4.Dispose();
        _fp4.Dispose();
        _map.Dispose();
    }

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
