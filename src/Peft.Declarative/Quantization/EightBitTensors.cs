using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>Numbers of 8 bits by tensor operations, on devices whose memory the kernels do not reach. Results are the kernels'.</summary>
internal static class EightBitTensors
{
    internal static Tensor Dequantize(CodeTable table, Tensor codes, Tensor scales, int blockSize)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor map = tensor(table.Values, device: codes.device);
        Tensor numbers = map.index_select(0, codes.reshape(-1).to(ScalarType.Int32)).mul_(Spread(scales, blockSize, codes.numel()));
        return numbers.view(codes.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Writes codes and scales; a block of zeros is not scaled.</summary>
    internal static void Quantize(CodeTable table, Tensor numbers, Tensor codes, Tensor scales, int blockSize)
    {
        using DisposeScope scope = NewDisposeScope();
        long padding = (scales.numel() * blockSize) - numbers.numel();
        Tensor flat = numbers.reshape(-1);
        Tensor blocks = nn.functional.pad(flat, [0, padding]).view(scales.numel(), blockSize);
        scales.copy_(blocks.abs().amax(1));
        Tensor factors = where(scales.eq(0), ones_like(scales), scales.reciprocal());
        Tensor scaled = flat * Spread(factors, blockSize, flat.numel());
        Tensor borders = tensor(table.Borders.ToArray(), device: numbers.device);
        codes.copy_(bucketize(scaled, borders, outInt32: true, right: true).view(codes.shape));   // the maps' codes are in the order of their values
    }

    private static Tensor Spread(Tensor scales, int blockSize, long count) => scales.repeat_interleave(blockSize).narrow(0, 0, count);
}
