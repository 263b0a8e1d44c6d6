using System.Text;
using Peft.Declarative.Text.Templates.Evaluation;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Text as Python sees it: a row of code points, not of UTF-16 units.</summary>
internal static class CodePointText
{
    internal static int Length(string text)
    {
        Budget.ChargeReading(text);
        int pairs = 0;
        for (int i = 1; i < text.Length; i++)
        {
            pairs += char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
        }

        return text.Length - pairs;
    }

    /// <summary>Every code point as text of its own.</summary>
    internal static IEnumerable<string> Characters(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            int units = char.IsSurrogatePair(text, i) ? 2 : 1;
            yield return text.Substring(i, units);
            i += units - 1;
        }
    }

    /// <summary>Where a code point begins, in UTF-16 units; the number may be that of the end.</summary>
    internal static int UnitOf(string text, int codePoint)
    {
        int unit = 0;
        for (int i = 0; i < codePoint && unit < text.Length; i++)
        {
            unit += unit + 1 < text.Length && char.IsSurrogatePair(text[unit], text[unit + 1]) ? 2 : 1;
        }

        return unit;
    }

    internal static string Slice(string text, int start, int end)
    {
        Budget.ChargeReading(text);
        int first = UnitOf(text, start);
        return text[first..Math.Max(first, UnitOf(text, end))];
    }

    internal static string Select(string text, IEnumerable<int> indices)
    {
        int[] starts = Starts(text);
        var selected = new StringBuilder();
        foreach (int index in indices)
        {
            selected.Append(text, starts[index], starts[index + 1] - starts[index]);
        }

        return selected.ToString();
    }

    /// <summary>Order by code points, which differs from that of UTF-16 units above U+D7FF.</summary>
    internal static int Compare(string left, string right)
    {
        int length = Math.Min(left.Length, right.Length);
        for (int i = 0; i < length; i++)
        {
            if (left[i] != right[i])
            {
                bool leftHigh = char.IsSurrogate(left[i]);
                return leftHigh == char.IsSurrogate(right[i]) ? left[i].CompareTo(right[i]) : leftHigh ? 1 : -1;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    // Where each code point begins, and the end.
    private static int[] Starts(string text)
    {
        List<int> starts = new(text.Length + 1);
        for (int i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            starts.Add(i);
        }

        starts.Add(text.Length);
        return [.. starts];
    }
}
