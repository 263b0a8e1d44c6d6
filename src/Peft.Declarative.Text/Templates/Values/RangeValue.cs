using System.Numerics;

namespace Peft.Declarative.Text.Templates.Values;

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

        return Of(start, stop, step);
    }

    private static RangeValue Of(BigInteger start, BigInteger stop, BigInteger step)
    {
        BigInteger span = step.Sign > 0 ? stop - start : start - stop;
        BigInteger count = span.Sign <= 0 ? 0 : (span - 1) / BigInteger.Abs(step) + 1;
        return count <= Longest
            ? new RangeValue(start, stop, step, (int)count)
            : throw new TemplateError($"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({Longest}).");
    }

    /// <summary>Where it starts, stops, and how far its numbers are from each other.</summary>
    internal object? Attribute(string name) => name switch { "start" => start, "stop" => stop, "step" => step, _ => null };

    /// <summary>The numbers at some of its positions, as a range.</summary>
    internal RangeValue Slice(int first, int end, int by) => Of(start + step * first, start + step * end, step * by);

    public object Select(IEnumerable<int> indices) => new ListValue([.. indices.Select(i => this[i])]);

    public override string ToString() => step.IsOne ? $"range({start}, {stop})" : $"range({start}, {stop}, {step})";
}
