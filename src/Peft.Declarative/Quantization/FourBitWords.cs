using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Peft.Declarative.Quantization;

/// <summary>
/// The inner product of 4-bit codes and float32 values with vectors of 512 bits: sixteen words of eight codes. A look-up reads the lowest four bits of each word, so
/// the codes are reached by seven shifts, and nothing is widened; the scales are multiplied to the sums of the words. That is 25 instructions for 128 codes.
/// </summary>
internal readonly unsafe struct FourBitWords(float[] table, int blockSize)
{
    /// <summary>The codes of a vector.</summary>
    internal const int Count = Words * CodesOfWord;

    /// <summary>How many numbers are read from the first scale of a vector on: those of four blocks of 32 codes.</summary>
    internal const int Scales = 4;

    // Bytes: the codes come from memory, and what the processor looks ahead on its own is not enough. Four rows of 1,024 codes; 512 to 8,192 were measured.
    private const int Ahead = 2048;

    private const int Words = 16;
    private const int CodesOfWord = 8;

    private readonly int _shift = BitOperations.Log2((uint)blockSize);

    // Which of the scales is that of each word.
    private readonly Vector512<int> _scaleOfWord = Vector512.ShiftRightLogical(Vector512<int>.Indices * CodesOfWord, BitOperations.Log2((uint)blockSize));

    /// <summary>Whether the processor has the instructions.</summary>
    internal static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    /// <summary>The number of elements of a row with those that fill the last vector.</summary>
    internal static int Padded(int width) => (width + Count - 1) / Count * Count;

    /// <summary>Brings the elements of a row into the order in which the codes are reached: the first codes of all words, the second ones, and so on.</summary>
    /// <param name="input">The elements.</param>
    /// <param name="width">Their number, a multiple of eight.</param>
    /// <param name="ordered">Receives the elements, and zeros up to <see cref="Padded"/>.</param>
    internal static void Order(float* input, int width, float* ordered)
    {
        new Span<float>(ordered, Padded(width)).Clear();
        for (int word = 0; word < width / CodesOfWord; word++)
        {
            float* target = ordered + (word / Words * Count) + (word % Words);
            for (int code = 0; code < CodesOfWord; code++)
            {
                target[(code ^ 1) * Words] = *input++;   // the first code of a byte is in its upper half
            }
        }
    }

    /// <summary>Multiplies a row of codes with rows of elements, two at a time, which share what is looked up. The product of a row does not depend on the others.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="scales">The scales of their blocks, and zeros that fill the last <see cref="Scales"/>.</param>
    /// <param name="input">The rows of elements, in order, <see cref="Padded"/> to vectors.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="width">The number of codes.</param>
    /// <param name="output">Receives the product with the first row.</param>
    /// <param name="step">The distance of the products of two rows.</param>
    internal void Multiply(byte* codes, float* scales, float* input, int rows, int width, float* output, long step)
    {
        int whole = width & -Count, padded = Padded(width);
        OfWhole(codes, scales, input, padded, rows, whole, output, step);
        if (whole < width)
        {
            AddRest(codes + (whole / 2), scales + (whole >> _shift), input + whole, padded, rows, width - whole, output, step);
        }
    }

    // What follows the codes may be the end of the memory.
    private void AddRest(byte* codes, float* scales, float* input, int distance, int rows, int width, float* output, long step)
    {
        Vector512<byte> rest = Vector512<byte>.Zero;
        Unsafe.CopyBlockUnaligned(&rest, codes, (uint)width / 2);
        float* sums = stackalloc float[rows];
        OfWhole((byte*)&rest, scales, input, distance, rows, Count, sums, 1);
        for (int row = 0; row < rows; row++)
        {
            output[row * step] += sums[row];
        }
    }

    private void OfWhole(byte* codes, float* scales, float* input, int distance, int rows, int width, float* output, long step)
    {
        for (; rows > 1; rows -= 2)
        {
            (*output, output[step]) = OfTwo(codes, scales, input, input + distance, width);
            output += 2 * step;
            input += 2 * distance;
        }

        if (rows == 1)
        {
            *output = OfOne(codes, scales, input, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float OfOne(byte* codes, float* scales, float* input, int width)
    {
        Vector512<float> values = Vector512.Create(table);
        Vector512<int> scaleOfWord = _scaleOfWord;
        int shift = _shift;
        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < width; i += Count)
        {
            Sse.Prefetch0(codes + Ahead);
            Vector512<int> words = Vector512.Load((int*)codes);
            Vector512<float> one = Avx512F.PermuteVar16x32(values, words) * Vector512.Load(input);
            one = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(values, words >>> 4), Vector512.Load(input + Words), one);
            one = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(values, words >>> 8), Vector512.Load(input + (2 * Words)), one);
            one = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(values, words >>> 12), Vector512.Load(input + (3 * Words)), one);
            one = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(values, words >>> 16), Vector512.Load(input + (4 * Words)), one);
            one = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(values, words >>> 20), Vector512.Load(input + (5 * Words)), one);
            one = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(values, words >>> 24), Vector512.Load(input + (6 * Words)), one);
            one = Vector512.FusedMultiplyAdd(Avx512F.PermuteVar16x32(values, words >>> 28), Vector512.Load(input + (7 * Words)), one);
            sum = Vector512.FusedMultiplyAdd(one, ScaleOfWords(scales + (i >> shift), scaleOfWord), sum);
            codes += Count / 2;
            input += Count;
        }

        return Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (float First, float Second) OfTwo(byte* codes, float* scales, float* first, float* second, int width)
    {
        Vector512<float> values = Vector512.Create(table);
        Vector512<int> scaleOfWord = _scaleOfWord;
        int shift = _shift;
        Vector512<float> sumOfFirst = Vector512<float>.Zero, sumOfSecond = Vector512<float>.Zero;
        for (int i = 0; i < width; i += Count)
        {
            Sse.Prefetch0(codes + Ahead);
            Vector512<int> words = Vector512.Load((int*)codes);
            Vector512<float> weights = Avx512F.PermuteVar16x32(values, words);
            Vector512<float> one = weights * Vector512.Load(first), other = weights * Vector512.Load(second);
            for (int code = 1; code < CodesOfWord; code++)
            {
                words >>>= 4;
                weights = Avx512F.PermuteVar16x32(values, words);
                one = Vector512.FusedMultiplyAdd(weights, Vector512.Load(first + (code * Words)), one);
                other = Vector512.FusedMultiplyAdd(weights, Vector512.Load(second + (code * Words)), other);
            }

            Vector512<float> scale = ScaleOfWords(scales + (i >> shift), scaleOfWord);
            sumOfFirst = Vector512.FusedMultiplyAdd(one, scale, sumOfFirst);
            sumOfSecond = Vector512.FusedMultiplyAdd(other, scale, sumOfSecond);
            codes += Count / 2;
            first += Count;
            second += Count;
        }

        return (Sum(sumOfFirst), Sum(sumOfSecond));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ScaleOfWords(float* scales, Vector512<int> scaleOfWord) =>
        Avx512F.PermuteVar16x32(Vector128.Load(scales).ToVector256Unsafe().ToVector512Unsafe(), scaleOfWord);

    // Shorter than that of Vector512, which adds neighbours in each quarter first: a row is short.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(Vector512<float> vector)
    {
        Vector256<float> half = vector.GetLower() + vector.GetUpper();
        return Vector128.Sum(half.GetLower() + half.GetUpper());
    }
}
