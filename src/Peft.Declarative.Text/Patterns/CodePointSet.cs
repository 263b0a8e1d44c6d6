using System.Globalization;

namespace Peft.Declarative.Text.Patterns;

/// <summary>An unchanging set of code points. Asking costs one bit test up to U+FFFF and a binary search above.</summary>
internal sealed class CodePointSet
{
    internal static readonly CodePointSet Empty = new([]);
    internal static readonly CodePointSet All = new([(0, CodePoints.Last)]);

    private readonly (int First, int Last)[] _ranges;
    private readonly Lazy<ulong[]> _basicPlane;

    private CodePointSet((int First, int Last)[] ranges)
    {
        _ranges = ranges;
        _basicPlane = new Lazy<ulong[]>(FillBasicPlane);
    }

    internal IReadOnlyList<(int First, int Last)> Ranges => _ranges;

    internal static CodePointSet Of(params IEnumerable<int> codePoints) => OfRanges(codePoints.Select(c => (c, c)));

    /// <summary>Reads hexadecimal code points and ranges, such as <c>41-5A AA</c>, between blanks.</summary>
    internal static CodePointSet Parse(string ranges) =>
        OfRanges(ranges.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(ParseRange));

    /// <summary>Sorts and joins the ranges.</summary>
    internal static CodePointSet OfRanges(IEnumerable<(int First, int Last)> source)
    {
        var joined = new List<(int First, int Last)>();
        foreach ((int first, int last) in source.OrderBy(r => r.First))
        {
            if (joined.Count > 0 && first <= joined[^1].Last + 1)
            {
                joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, last));
            }
            else
            {
                joined.Add((first, last));
            }
        }

        return joined.Count == 0 && Empty is not null ? Empty : new CodePointSet([.. joined]);
    }

    internal static CodePointSet Where(Func<int, bool> holds)
    {
        var found = new List<(int, int)>();
        for (int c = 0; c <= CodePoints.Last; c++)
        {
            int first = c;
            while (c <= CodePoints.Last && holds(c))
            {
                c++;
            }

            if (c > first)
            {
                found.Add((first, c - 1));
            }
        }

        return OfRanges(found);
    }

    internal bool Contains(int c) => c <= char.MaxValue
        ? (_basicPlane.Value[c >> 6] & (1UL << (c & 63))) != 0
        : ContainsInRanges(c);

    internal CodePointSet Union(CodePointSet other) => OfRanges(_ranges.Concat(other._ranges));

    internal CodePointSet Intersect(CodePointSet other) => Complement().Union(other.Complement()).Complement();

    internal CodePointSet Complement()
    {
        var gaps = new List<(int, int)>();
        int next = 0;
        foreach ((int first, int last) in _ranges)
        {
            if (first > next)
            {
                gaps.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= CodePoints.Last)
        {
            gaps.Add((next, CodePoints.Last));
        }

        return OfRanges(gaps);
    }

    private static (int First, int Last) ParseRange(string range)
    {
        string[] ends = range.Split('-');
        return (Hex(ends[0]), Hex(ends[^1]));

        static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private bool ContainsInRanges(int c)
    {
        int low = 0;
        int high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (c < _ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (c > _ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private ulong[] FillBasicPlane()
    {
        var bits = new ulong[(char.MaxValue + 1) / 64];
        foreach ((int first, int last) in _ranges)
        {
            for (int c = first; c <= Math.Min(last, char.MaxValue); c++)
            {
                bits[c >> 6] |= 1UL << (c & 63);
            }
        }

        return bits;
    }
}
