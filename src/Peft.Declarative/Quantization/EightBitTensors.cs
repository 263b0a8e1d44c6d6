using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Quantizes and dequantizes 8-bit numbers with tensor operations, on devices whose memory the CPU kernels cannot access. The results are equal.
/// </summary>
internal static class EightBitTensors
{
    internal static Tensor Dequantize(CodeTable table, Tensor codes, Tensor scales, int blockSize)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor map = tensor(table.Values, device: codes.device);
        Tensor numbers = map.index_select(0, codes.reshape(-1).to(ScalarType.Int32)).mul_(Spread(scales, blockSize, codes.numel()));
        return numbers.view_as(codes).MoveToOuterDisposeScope();
    }

    /// <summary>Quantizes numbers into <paramref name="codes"/> and <paramref name="scales"/>. A block of zeros is not scaled.</summary>
    internal static void Quantize(CodeTable table, Tensor numbers, Tensor codes, Tensor scales, int blockSize)
    {
        using DisposeScope scope = NewDisposeScope();
        long padding = (scales.numel() * blockSize) - numbers.numel();
        Tensor flat = numbers.reshape(-1);
        Tensor blocks = nn.functional.pad(flat, [0, padding]).view(scales.numel(), blockSize);
        scales.copy_(blocks.abs().amax(1));
        Tensor factors = where(scales.eq(Scalars.Of(0)), ones_like(scales), scales.reciprocal());
        Tensor scaled = flat * Spread(factors, blockSize, flat.numel());
        Tensor borders = tensor(table.Borders.ToArray(), device: numbers.device);
        codes.copy_(bucketize(scaled, borders, outInt32: true, right: true).view_as(codes));   // the codes of the dynamic maps are sorted by value
    }

    private static Tensor Spread(Tensor scales, int blockSize, long count) => scales.repeat_interleave(blockSize).narrow(0, 0, count);
}
