using System.Runtime.Intrinsics;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Quantizes rows in host memory to integers from −127 to 127, of which 127 stands for the greatest absolute value of the row. Dettmers et al. 2022,
/// arXiv 2208.07339, section 2.1.
/// </summary>
internal static unsafe class RowInt8Kernel
{
    /// <summary>The greatest integer.</summary>
    internal const float Greatest = 127;

    /// <summary>Quantizes rows. Ties are rounded to even; a row of zeros has zeros.</summary>
    /// <param name="source">The elements.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="width">The number of elements of a row.</param>
    /// <param name="codes">Receives an integer per element.</param>
    /// <param name="scales">Receives the greatest absolute value of each row.</param>
    internal static void Quantize(BlockSource source, long rows, int width, sbyte* codes, float* scales) =>
        BlockRange.Run(rows * width, width, (from, to) =>
        {
            float[] buffer = new float[width];
            for (long row = from; row < to; row++)
            {
                ReadOnlySpan<float> elements = source.Read(row * width, width, buffer);
                scales[row] = BlockScale.Of(elements);
                float factor = scales[row] == 0 ? 0 : Greatest / scales[row];
                for (int i = 0; i < width; i++)
                {
                    codes[(row * width) + i] = (sbyte)MathF.Round(elements[i] * factor);
                }
            }
        });

    /// <summary>Dequantizes rows: the integer times the scale of its row, divided by 127.</summary>
    internal static void Dequantize(sbyte* codes, BlockScales scales, long rows, int width, BlockTarget target) =>
        BlockRange.Run(rows * width, width, (from, to) =>
        {
            float[] buffer = target.IsBFloat16 ? new float[width] : [];
            for (long row = from; row < to; row++)
            {
                Span<float> elements = target.Begin(row * width, width, buffer);
                Scale(new ReadOnlySpan<sbyte>(codes + (row * width), width), scales[row], elements);
                target.End(row * width, elements);
            }
        });

    private static void Scale(ReadOnlySpan<sbyte> codes, float scale, Span<float> elements)
    {
        int i = 0;
        for (; i + Vector128<sbyte>.Count <= codes.Length; i += Vector128<sbyte>.Count)
        {
            (Vector128<short> first, Vector128<short> second) = Vector128.Widen(Vector128.Create(codes[i..]));
            Store(first, scale, elements[i..]);
            Store(second, scale, elements[(i + Vector128<short>.Count)..]);
        }

        for (; i < codes.Length; i++)
        {
            elements[i] = codes[i] * scale * (1 / Greatest);
        }
    }

    private static void Store(Vector128<short> codes, float scale, Span<float> elements)
    {
        (Vector128<int> first, Vector128<int> second) = Vector128.Widen(codes);
        (Vector128.ConvertToSingle(first) * scale * (1 / Greatest)).CopyTo(elements);
        (Vector128.ConvertToSingle(second) * scale * (1 / Greatest)).CopyTo(elements[Vector128<int>.Count..]);
    }
}
