using System.Globalization;

namespace Peft.Declarative.Text.Patterns;

/// <summary>Reads how often a part of a pattern repeats.</summary>
internal static class QuantifierParser
{
    private const int GreatestCount = 1_000;

    /// <summary>The atom with all quantifiers that follow it.</summary>
    internal static PatternNode Quantify(PatternReader reader, PatternNode atom)
    {
        while (true)
        {
            reader.SkipBlanksAndComments();
            if (Bounds(reader) is not { } bounds)
            {
                return atom;
            }

            // '{n}?' and '{n,m}+' are second quantifiers in this syntax, neither lazy nor possessive; '?', '*' and '+' can be both.
            bool lazy = !(bounds.Braces && bounds.Min == bounds.Max) && reader.Take("?");
            bool possessive = !lazy && !bounds.Braces && reader.Take("+");
            atom = new PatternNode.Repeat(atom, bounds.Min, bounds.Max, lazy);
            if (possessive)
            {
                atom = new PatternNode.Atomic(atom);
            }
        }
    }

    private static (int Min, int Max, bool Braces)? Bounds(PatternReader reader)
    {
        if (reader.Take("*"))
        {
            return (0, int.MaxValue, false);
        }

        if (reader.Take("+"))
        {
            return (1, int.MaxValue, false);
        }

        return reader.Take("?") ? (0, 1, false) : Interval(reader);
    }

    // Braces that hold no interval are literal.
    private static (int Min, int Max, bool Braces)? Interval(PatternReader reader)
    {
        int start = reader.Position;
        if (!reader.Take("{"))
        {
            return null;
        }

        string low = reader.While(char.IsAsciiDigit);
        bool comma = reader.Take(",");
        string high = comma ? reader.While(char.IsAsciiDigit) : low;
        if (!reader.Take("}") || (low.Length == 0 && high.Length == 0))
        {
            reader.Return(start);
            return null;
        }

        int min = low.Length == 0 ? 0 : Count(reader, low);
        int max = high.Length == 0 ? int.MaxValue : Count(reader, high);
        return min <= max ? (min, max, true) : throw reader.Error($"{{{low},{high}}} ends before it starts");
    }

    private static int Count(PatternReader reader, string digits) => int.TryParse(digits, CultureInfo.InvariantCulture, out int count) && count <= GreatestCount
        ? count
        : throw reader.Error($"a repetition of {digits} is more than {GreatestCount}");
}
