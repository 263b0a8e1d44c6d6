using System.Globalization;
using System.Numerics;
using Peft.Declarative.Text.Json;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Formats numbers by the letter of a format specification, without padding.</summary>
internal static class NumberFormat
{
    internal static string Integer(FormatSpec spec, BigInteger number)
    {
        if (spec.Precision is not null || spec.PositiveZero)
        {
            throw new TemplateError("Precision and 'z' are not allowed in integer format specifier");
        }

        string sign = number.Sign < 0 ? "-" : "";
        BigInteger size = BigInteger.Abs(number);
        return spec.Type switch
        {
            '\0' or 'd' => sign + Grouped(size.ToString(CultureInfo.InvariantCulture), spec.Group),
            'n' when spec.Group == '\0' => sign + size.ToString(CultureInfo.InvariantCulture),
            'x' or 'X' or 'o' or 'b' when spec.Group == ',' => throw new TemplateError($"Cannot specify ',' with '{spec.Type}'."),
            'x' => sign + (spec.Alternate ? "0x" : "") + Grouped(Digits(size, 16), spec.Group, 4),
            'X' => sign + (spec.Alternate ? "0X" : "") + Grouped(Digits(size, 16).ToUpperInvariant(), spec.Group, 4),
            'o' => sign + (spec.Alternate ? "0o" : "") + Grouped(Digits(size, 8), spec.Group, 4),
            'b' => sign + (spec.Alternate ? "0b" : "") + Grouped(Digits(size, 2), spec.Group, 4),
            'c' when spec is { Sign: '-', Alternate: false, Group: '\0' } => Character(number),
            _ => throw new TemplateError($"Unknown format code '{spec.Type}' for object of type 'int'"),
        };
    }

    /// <summary>The character of a number.</summary>
    internal static string Character(BigInteger number) => number.Sign >= 0 && number <= 0x10FFFF
        ? number > char.MaxValue ? char.ConvertFromUtf32((int)number) : ((char)number).ToString()
        : throw new TemplateError("%c arg not in range(0x110000)");

    internal static string Float(FormatSpec spec, double number)
    {
        if (!double.IsFinite(number))
        {
            string name = PythonFloat.Repr(number) + (spec.Type == '%' ? "%" : "");
            return char.IsAsciiLetterUpper(spec.Type) ? name.ToUpperInvariant() : name;
        }

        string text = spec.Type switch
        {
            'f' or 'F' => ExactRounding.Fixed(number, spec.Precision ?? 6),
            '%' => ExactRounding.Fixed(number * 100, spec.Precision ?? 6) + "%",
            'e' or 'E' => Exponential(number, spec.Precision ?? 6),
            'g' or 'G' or 'n' => General(number, spec.Precision ?? 6, spec.Alternate),
            '\0' => spec.Precision is { } precision ? WithPoint(General(number, precision)) : PythonFloat.Repr(number),
            _ => throw new TemplateError($"Unknown format code '{spec.Type}' for object of type 'float'"),
        };
        text = spec.Alternate ? WithDot(text) : text;
        text = spec.PositiveZero && text.StartsWith('-') && !text.AsSpan().ContainsAnyInRange('1', '9') ? text[1..] : text;
        text = char.IsAsciiLetterUpper(spec.Type) ? text.ToUpperInvariant() : text;
        int whole = text.AsSpan().IndexOfAny(".eE%");
        whole = whole < 0 ? text.Length : whole;
        string sign = text.StartsWith('-') ? "-" : "";
        return sign + Grouped(text[sign.Length..whole], spec.Group) + text[whole..];
    }

    private static string Exponential(double number, int precision)
    {
        string text = number.ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        int e = text.IndexOf('E');
        int exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return $"{text[..e]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    // A number of significant digits, without trailing zeros; in scientific notation where that is shorter.
    private static string General(double number, int precision, bool keepsZeros = false)
    {
        string Cut(string text) => keepsZeros ? text : WithoutZeros(text);

        precision = Math.Max(1, precision);
        string exponential = Exponential(number, precision - 1);
        int e = exponential.IndexOf('e');
        int exponent = int.Parse(exponential.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent < -4 || exponent >= precision
            ? Cut(exponential[..e]) + exponential[e..]
            : Cut(ExactRounding.Fixed(number, precision - 1 - exponent));
    }

    private static string WithoutZeros(string text) => text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') : text;

    private static string WithPoint(string text) => text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0";

    private static string WithDot(string text)
    {
        int end = text.AsSpan().IndexOfAny("e%");
        return text.Contains('.') ? text : text.Insert(end < 0 ? text.Length : end, ".");
    }

    private static string Grouped(string digits, char separator, int size = 3)
    {
        if (separator == '\0')
        {
            return digits;
        }

        for (int at = digits.Length - size; at > 0; at -= size)
        {
            digits = digits.Insert(at, separator.ToString());
        }

        return digits;
    }

    private static string Digits(BigInteger number, int radix)
    {
        string digits = "";
        do
        {
            number = BigInteger.DivRem(number, radix, out BigInteger digit);
            digits = "0123456789abcdef"[(int)digit] + digits;
        }
        while (!number.IsZero);

        return digits;
    }
}
