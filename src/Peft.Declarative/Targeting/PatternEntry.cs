using System.Globalization;

namespace Peft.Declarative.Targeting;

/// <summary>One entry of a rank or alpha pattern: layers whose path ends in <paramref name="Key"/> take <paramref name="Value"/>.</summary>
/// <param name="Key">Regular expression for the end of a path.</param>
/// <param name="Value">Rank or alpha.</param>
internal sealed record PatternEntry(string Key, double Value)
{
    /// <summary>Reads <c>name=value</c> as written in an attribute; null if it has another form or the value is not a positive number.</summary>
    internal static PatternEntry? Parse(string text, bool whole)
    {
        int equals = text.LastIndexOf('=');
        if (equals <= 0) return null;

        string number = text.Substring(equals + 1).Trim();
        NumberStyles style = whole ? NumberStyles.None : NumberStyles.Float;
        bool read = double.TryParse(number, style, CultureInfo.InvariantCulture, out double value);
        bool usable = read && value > 0 && value <= int.MaxValue;
        return usable ? new PatternEntry(text.Substring(0, equals).Trim(), value) : null;
    }
}
