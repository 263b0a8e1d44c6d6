namespace Peft.Declarative.Quantization;

/// <summary>Numbers of 8 bits in host memory, in blocks that share a scale.</summary>
internal static unsafe class EightBitKernel
{
    /// <summary>Quantises blocks.</summary>
    /// <param name="table">The 256 values.</param>
    /// <param name="source">Elements.</param>
    /// <param name="count">How many.</param>
    /// <param name="blockSize">Elements of a block.</param>
    /// <param name="codes">Receives a code per element.</param>
    /// <param name="scales">Receives the greatest absolute value of each block.</param>
    /// <param name="zeroFactor">
    /// What elements of a block of zeros are multiplied by. The reference divides by the scale where it quantises scales, and gets no numbers, so the
    /// lowest code; where it quantises the state of optimisers it takes 1.
    /// </param>
    internal static void Quantize(
        CodeTable table, float* source, long count, int blockSize, byte* codes, float* scales, float zeroFactor = float.PositiveInfinity) =>
        BlockRange.Run(count, blockSize, (from, to) =>
        {
            for (long block = from; block < to; block++)
            {
                long start = block * blockSize;
                var elements = new ReadOnlySpan<float>(source + start, (int)Math.Min(blockSize, count - start));
                scales[block] = BlockScale.Of(elements);
                float factor = scales[block] == 0 ? zeroFactor : 1 / scales[block];
                for (int i = 0; i < elements.Length; i++)
                {
                    codes[start + i] = table.Nearest(elements[i] * factor);
                }
            }
        });

    /// <summary>Gives elements back: value of the code times the scale of its block.</summary>
    internal static void Dequantize(CodeTable table, byte* codes, float* scales, long count, int blockSize, float* target) =>
        BlockRange.Run(count, blockSize, (from, to) =>
        {
            float[] values = table.Values;
            for (long block = from; block < to; block++)
            {
                float scale = scales[block];
                long end = Math.Min((block + 1) * blockSize, count);
                for (long i = block * blockSize; i < end; i++)
                {
                    target[i] = values[codes[i]] * scale;
                }
            }
        });
}
