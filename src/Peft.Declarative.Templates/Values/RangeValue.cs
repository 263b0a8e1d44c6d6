using System.Numerics;

namespace Peft.Declarative.Templates.Values;

/// <summary>A Python range: numbers at equal distances.</summary>
internal sealed class RangeValue(BigInteger start, BigInteger stop, BigInteger step, int count) : ISequence
{
    private const int Longest = 100_000;

    public int Count => count;

    public object? this[int index] => start + step * index;

    internal static RangeValue Create(BigInteger start, BigInteger stop, BigInteger step)
    {
        if (step.IsZero)
        {
            throw new TemplateError("range() arg 3 must not be zero");
        }

        BigInteger span = step.Sign > 0 ? stop - start : start - stop;
        BigInteger count = span.Sign <= 0 ? 0 : (span - 1) / BigInteger.Abs(step) + 1;
        return count <= Longest
            ? new RangeValue(start, stop, step, (int)count)
            : throw new TemplateError($"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({Longest}).");
    }

    public object Select(IEnumerable<int> indices) => new ListValue([.. indices.Select(i => this[i])]);

    public override string ToString() => step.IsOne ? $"range({start}, {stop})" : $"range({start}, {stop}, {step})";
}
