using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// The values of the codes of a data type, and the code that is nearest to a number. As in bitsandbytes, the distance is computed and rounded in
/// float32, and the lowest code wins among equal distances. The borders between codes are therefore found by a search over float32 values and
/// not by averaging neighbours.
/// </summary>
internal sealed class CodeTable
{
    private readonly float[] _borders;
    private readonly byte[] _codes;
    private float[]? _bfloat16Values;

    internal CodeTable(float[] values)
    {
        Values = values;
        FileValues = values;
        int[] ranked = [.. Enumerable.Range(0, values.Length).GroupBy(code => values[code]).Select(alike => alike.Min()).OrderBy(code => values[code])];
        _codes = new byte[values.Length];
        for (int rank = 0; rank < ranked.Length; rank++)
        {
            _codes[rank] = (byte)ranked[rank];
        }

        _borders = [.. ranked.Skip(1).Zip(ranked, (upper, lower) => Border(lower, upper))];
    }

    /// <summary>4-bit NormalFloat. Dettmers et al. 2023, arXiv 2305.14314, appendix E.</summary>
    internal static CodeTable Nf4 { get; } = new(
    [
        -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f,
        -0.09105003625154495f, 0.0f, 0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
        0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
    ]);

    /// <summary>
    /// 4-bit floating point with the code order of bitsandbytes: multiples of one twelfth; the upper half of the codes is negative. bitsandbytes
    /// computes with values that are rounded to four decimals, but the map in its files is exact.
    /// </summary>
    internal static CodeTable Fp4 { get; } = new(
    [
        0.0f, 0.0052f, 0.6667f, 1.0f, 0.3333f, 0.5f, 0.1667f, 0.25f,
        0.0f, -0.0052f, -0.6667f, -1.0f, -0.3333f, -0.5f, -0.1667f, -0.25f,
    ])
    {
        FileValues = [.. new[] { 0, 0.0625f, 8, 12, 4, 6, 2, 3, 0, -0.0625f, -8, -12, -4, -6, -2, -3 }.Select(twelfths => twelfths / 12)],
    };

    /// <summary>The 8-bit dynamic map for signed numbers. Dettmers 2015, arXiv 1511.04561, section 2.</summary>
    internal static CodeTable SignedDynamic { get; } = new(DynamicMap.Make(signed: true));

    /// <summary>The 8-bit dynamic map for numbers that are not negative.</summary>
    internal static CodeTable UnsignedDynamic { get; } = new(DynamicMap.Make(signed: false));

    /// <summary>The values, indexed by code.</summary>
    internal float[] Values { get; }

    /// <summary>The values in checkpoint files, indexed by code.</summary>
    internal float[] FileValues { get; private init; }

    /// <summary>The codes sorted by value, with only the lowest code of equal values; padded with zeros to the number of codes.</summary>
    internal ReadOnlySpan<byte> Codes => _codes;

    /// <summary>For each code except the first, sorted by value: the smallest number to which the code is nearest.</summary>
    internal ReadOnlySpan<float> Borders => _borders;

    /// <summary>The table of a type whose codes have one; the integers of <see cref="QuantizationType.Int8"/> have none.</summary>
    internal static CodeTable Of(QuantizationType type) => type switch
    {
        QuantizationType.Nf4 => Nf4,
        QuantizationType.Fp4 => Fp4,
        QuantizationType.Dynamic8 => SignedDynamic,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Integers have no table."),
    };

    /// <summary>The code that is nearest to a number; 0 for NaN, as in bitsandbytes.</summary>
    internal byte Nearest(float value)
    {
        if (float.IsNaN(value))
        {
            return 0;
        }

        int low = 0;
        int high = _borders.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            (low, high) = value >= _borders[middle] ? (middle + 1, high) : (low, middle);
        }

        return _codes[low];
    }

    /// <summary>The values rounded to a smaller type. bitsandbytes rounds them before it multiplies by the scale.</summary>
    internal float[] ValuesIn(ScalarType type) => type switch
    {
        ScalarType.BFloat16 => _bfloat16Values ??= [.. Values.Select(value => (float)(BFloat16)value)],
        ScalarType.Float16 => [.. Values.Select(value => (float)(Half)value)],
        _ => Values,
    };

    // Float32 values have the same order as their ranks, which are integers, so a binary search over ranks finds the border.
    private float Border(int lower, int upper)
    {
        int low = Rank(Values[lower]);
        int high = Rank(Values[upper]);
        while (high - low > 1)
        {
            int middle = low + ((high - low) >> 1);
            (low, high) = PrefersUpper(Ranked(middle)) ? (low, middle) : (middle, high);
        }

        return Ranked(high);

        bool PrefersUpper(float value)
        {
            float below = Math.Abs(value - Values[lower]);
            float above = Math.Abs(value - Values[upper]);
            return above < below || (above == below && upper < lower);
        }
    }

    private static int Rank(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return bits < 0 ? int.MinValue - bits : bits;
    }

    private static float Ranked(int rank) => BitConverter.Int32BitsToSingle(rank < 0 ? int.MinValue - rank : rank);
}
