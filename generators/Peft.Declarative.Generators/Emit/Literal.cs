using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Formats values as C# literals, regardless of the culture of the machine.</summary>
internal static class Literal
{
    internal static string Of(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Formats a number as the shortest text that parses to it, always as a double (<c>2.0</c>, not <c>2</c>).</summary>
    internal static string Of(double value)
    {
        if (double.IsNaN(value)) return "double.NaN";
        if (double.IsInfinity(value)) return value > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity";

        string text = value.ToString("R", CultureInfo.InvariantCulture);

        // On .NET Framework, on which the compiler can run, "R" loses a digit of some numbers.
        if (double.Parse(text, CultureInfo.InvariantCulture) != value) text = value.ToString("G17", CultureInfo.InvariantCulture);
        text = text.Replace("E-0", "e-").Replace("E+", "e").Replace("E", "e");
        return text.All(letter => char.IsDigit(letter) || letter == '-') ? text + ".0" : text;
    }

    internal static string Of(bool value) => value ? "true" : "false";

    internal static string Of(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    internal static string Of(string? value, string whenNull) => value is null ? whenNull : Of(value);

    internal static string Of(IEnumerable<string> values) => "[" + string.Join(", ", values.Select(Of)) + "]";

    internal static string Of(IEnumerable<int> values) => "[" + string.Join(", ", values.Select(Of)) + "]";
}

/// <summary>Escapes text for documentation comments.</summary>
internal static class Xml
{
    internal static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
