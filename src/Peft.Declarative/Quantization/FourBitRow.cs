using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Peft.Declarative.Native;

namespace Peft.Declarative.Quantization;

/// <summary>
/// The inner product of 4-bit codes and float32 values. A byte has two codes, so vectors of codes come in another order than the elements; the input is brought
/// into that order once, instead of the codes of each row. The scale of a block is multiplied to its sum.
/// </summary>
internal readonly unsafe struct FourBitRow
{
    /// <summary>The number of codes in sixteen bytes, which are read at a time.</summary>
    internal const int Step = 32;

    private readonly float[] _table;
    private readonly int _blockSize;
    private readonly FourBitWords _words;

    // The first, second, third and fourth bytes of the sixteen values, twice each.
    private readonly Vector256<byte> _a;
    private readonly Vector256<byte> _b;
    private readonly Vector256<byte> _c;
    private readonly Vector256<byte> _d;

    internal FourBitRow(float[] table, int blockSize)
    {
        (_table, _blockSize, _words) = (table, blockSize, new FourBitWords(table, blockSize));
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(table.AsSpan());
        (_a, _b, _c, _d) = (Plane(bytes), Plane(bytes[1..]), Plane(bytes[2..]), Plane(bytes[3..]));
    }

    // How many codes of the same half of a byte follow each other.
    private static int Group => Avx2.IsSupported ? 4 : 1;

    /// <summary>The number of elements of an ordered row.</summary>
    internal static int Padded(int width) => FourBitWords.IsSupported ? FourBitWords.Padded(width) : width;

    /// <summary>Brings the elements of a row into the order in which the codes are read.</summary>
    internal static void Order(float* input, int width, float* ordered)
    {
        if (FourBitWords.IsSupported)
        {
            FourBitWords.Order(input, width, ordered);
            return;
        }

        int group = Group;
        for (int i = 0; i < width; i += 2 * group)
        {
            for (int pair = 0; pair < group; pair++)
            {
                ordered[i + pair] = input[i + (2 * pair)];
                ordered[i + group + pair] = input[i + (2 * pair) + 1];
            }
        }
    }

    /// <summary>Multiplies a row of codes with rows of elements.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="scales">The scales of their blocks, followed by <see cref="FourBitWords.Scales"/> zeros.</param>
    /// <param name="input">The rows of elements, in order, <see cref="Padded"/>.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="width">The number of codes.</param>
    /// <param name="output">Receives the product with the first row.</param>
    /// <param name="step">The distance of the products of two rows.</param>
    internal void Multiply(byte* codes, float* scales, float* input, int rows, int width, float* output, long step)
    {
        if (FourBitWords.IsSupported)
        {
            _words.Multiply(codes, scales, input, rows, width, output, step);
            return;
        }

        var ofBlocks = new ReadOnlySpan<float>(scales, width / _blockSize);
        for (int row = 0; row < rows; row++)
        {
            float* elements = input + (row * width);
            output[row * step] = Avx2.IsSupported ? ByBytes(codes, ofBlocks, elements) : ByBlocks(codes, ofBlocks, elements);
        }
    }

    // Each byte of the values is looked up on its own, and the bytes are put together: thirty-two codes in twelve instructions.
    private float ByBytes(byte* codes, ReadOnlySpan<float> scales, float* input)
    {
        Vector256<byte> mask = Vector256.Create((byte)15);
        Vector256<float> sum = Vector256<float>.Zero;
        foreach (float scale in scales)
        {
            Vector256<float> first = Vector256<float>.Zero;
            Vector256<float> second = Vector256<float>.Zero;
            for (int i = 0; i < _blockSize; i += Step)
            {
                Vector128<byte> bytes = Vector128.Load(codes);
                Vector256<byte> code = Vector256.Create((bytes.AsUInt16() >>> 4).AsByte(), bytes) & mask;
                Vector256<byte> a = Avx2.Shuffle(_a, code), b = Avx2.Shuffle(_b, code), c = Avx2.Shuffle(_c, code), d = Avx2.Shuffle(_d, code);
                Vector256<ushort> lowers = Avx2.UnpackLow(a, b).AsUInt16(), uppers = Avx2.UnpackLow(c, d).AsUInt16();
                first = Vector256.FusedMultiplyAdd(Avx2.UnpackLow(lowers, uppers).AsSingle(), Vector256.Load(input), first);
                second = Vector256.FusedMultiplyAdd(Avx2.UnpackHigh(lowers, uppers).AsSingle(), Vector256.Load(input + 8), second);
                (lowers, uppers) = (Avx2.UnpackHigh(a, b).AsUInt16(), Avx2.UnpackHigh(c, d).AsUInt16());
                first = Vector256.FusedMultiplyAdd(Avx2.UnpackLow(lowers, uppers).AsSingle(), Vector256.Load(input + 16), first);
                second = Vector256.FusedMultiplyAdd(Avx2.UnpackHigh(lowers, uppers).AsSingle(), Vector256.Load(input + 24), second);
                codes += Step / 2;
                input += Step;
            }

            sum = Vector256.FusedMultiplyAdd(first + second, Vector256.Create(scale), sum);
        }

        return Vector256.Sum(sum);
    }

    private float ByBlocks(byte* codes, ReadOnlySpan<float> scales, float* input)
    {
        float* decoded = stackalloc float[_blockSize];
        float sum = 0;
        foreach (float scale in scales)
        {
            FourBitDecoder.Decode(_table, scale, codes, _blockSize, decoded);
            sum += DotProduct.Of(input, decoded, _blockSize);
            codes += _blockSize / 2;
            input += _blockSize;
        }

        return sum;
    }

    private static Vector256<byte> Plane(ReadOnlySpan<byte> bytes)
    {
        Span<byte> plane = stackalloc byte[32];
        for (int i = 0; i < plane.Length; i++)
        {
            plane[i] = bytes[i % 16 * sizeof(float)];
        }

        return Vector256.Create<byte>(plane);
    }
}
