using Peft.Declarative.Native;
namespace Peft.Declarative.Quantization;

/// <summary>Quantizes and dequantizes 8-bit numbers in host memory, in blocks that share a scale.</summary>
internal static unsafe class EightBitKernel
{
    /// <summary>Quantizes float32 elements.</summary>
    /// <inheritdoc cref="Quantize(CodeTable, BlockSource, long, int, byte*, float*, float)"/>
    internal static void Quantize(
        CodeTable table, float* source, long count, int blockSize, byte* codes, float* scales, float zeroFactor = float.PositiveInfinity) =>
        Quantize(table, new BlockSource(source, TorchSharp.torch.ScalarType.Float32), count, blockSize, codes, scales, zeroFactor);

    /// <summary>Quantizes elements.</summary>
    /// <param name="table">The 256 values.</param>
    /// <param name="source">The elements.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="blockSize">The number of elements in a block.</param>
    /// <param name="codes">Receives a code per element.</param>
    /// <param name="scales">Receives the greatest absolute value of each block.</param>
    /// <param name="zeroFactor">
    /// The factor for a block that contains only zeros. When bitsandbytes quantizes scales, it divides by zero and gets NaN, which has the lowest code;
    /// when it quantizes optimizer state, it uses the factor 1.
    /// </param>
    internal static void Quantize(
        CodeTable table, BlockSource source, long count, int blockSize, byte* codes, float* scales, float zeroFactor = float.PositiveInfinity) =>
        BlockRange.Run(count, blockSize, (from, to) =>
        {
            Span<float> buffer = stackalloc float[blockSize];
            for (long block = from; block < to; block++)
            {
                long start = block * blockSize;
                ReadOnlySpan<float> elements = source.Read(start, (int)Math.Min(blockSize, count - start), buffer);
                scales[block] = BlockScale.Of(elements);
                float factor = scales[block] == 0 ? zeroFactor : 1 / scales[block];
                for (int i = 0; i < elements.Length; i++)
                {
                    codes[start + i] = table.Nearest(elements[i] * factor);
                }
            }
        });

    /// <summary>Dequantizes elements: the value of the code times the scale of its block.</summary>
    internal static void Dequantize(CodeTable table, byte* codes, float* scales, long count, int blockSize, float* target) =>
        Dequantize(table.Values, codes, new BlockScales(scales), count, blockSize, new BlockTarget(target, TorchSharp.torch.ScalarType.Float32));

    /// <summary>Dequantizes elements: the value of the code times the scale of its block.</summary>
    internal static void Dequantize(float[] values, byte* codes, BlockScales scales, long count, int blockSize, BlockTarget target) =>
        BlockRange.Run(count, blockSize, (from, to) =>
        {
            Span<float> buffer = stackalloc float[blockSize];
            for (long block = from; block < to; block++)
            {
                long start = block * blockSize;
                float scale = scales[block];
                Span<float> elements = target.Begin(start, (int)Math.Min(blockSize, count - start), buffer);
                for (int i = 0; i < elements.Length; i++)
                {
                    elements[i] = values[codes[start + i]] * scale;
                }

                target.End(start, elements);
            }
        });
}
