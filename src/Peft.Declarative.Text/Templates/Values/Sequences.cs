using System.Numerics;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>A value with a length whose items have an index.</summary>
internal interface ISequence
{
    int Count { get; }

    object? this[int index] { get; }

    /// <summary>A value of the same kind with the given items.</summary>
    object Select(IEnumerable<int> indices);
}

/// <summary>A Python list. Templates cannot change one.</summary>
internal sealed class ListValue(IReadOnlyList<object?> items) : ISequence
{
    internal IReadOnlyList<object?> Items => items;

    public int Count => items.Count;

    public object? this[int index] => items[index];

    public object Select(IEnumerable<int> indices) => new ListValue([.. indices.Select(i => items[i])]);
}

/// <summary>A Python tuple. Its items may have names, as in what <c>groupby</c> gives.</summary>
internal sealed class TupleValue(IReadOnlyList<object?> items, params string[] names) : ISequence
{
    internal IReadOnlyList<object?> Items => items;

    public int Count => items.Count;

    public object? this[int index] => items[index];

    public object Select(IEnumerable<int> indices) => new TupleValue([.. indices.Select(i => items[i])]);

    internal bool TryGetNamed(string name, out object? value)
    {
        int index = Array.IndexOf(names, name);
        value = index < 0 ? null : items[index];
        return index >= 0;
    }
}

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
