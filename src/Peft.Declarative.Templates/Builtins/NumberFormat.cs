using System.Globalization;
using System.Numerics;
using Peft.Declarative.Templates.Values;

namespace Peft.Declarative.Templates.Builtins;

/// <summary>Numbers by the letters of a format specification, before they are padded.</summary>
internal static class NumberFormat
{
    internal static string Integer(FormatSpec spec, BigInteger number)
    {
        if (spec.Precision is not null)
        {
            throw new TemplateError("Precision not allowed in integer format specifier");
        }

        string sign = number.Sign < 0 ? "-" : "";
        BigInteger size = BigInteger.Abs(number);
        return spec.Type switch
        {
            '\0' or 'd' or 'n' or 'i' or 'u' => sign + Grouped(size.ToString(CultureInfo.InvariantCulture), spec.Group),
            'x' => sign + (spec.Alternate ? "0x" : "") + Digits(size, 16),
            'X' => sign + (spec.Alternate ? "0X" : "") + Digits(size, 16).ToUpperInvariant(),
            'o' => sign + (spec.Alternate ? "0o" : "") + Digits(size, 8),
            'b' => sign + (spec.Alternate ? "0b" : "") + Digits(size, 2),
            'c' => char.ConvertFromUtf32((int)BigInteger.Min(size, 0x10FFFF)),
            _ => throw new TemplateError($"Unknown format code '{spec.Type}' for object of type 'int'"),
        };
    }

    internal static string Float(FormatSpec spec, double number)
    {
        if (!double.IsFinite(number))
        {
            return PythonNumber.Repr(number) + (spec.Type == '%' ? "%" : "");
        }

        string text = spec.Type switch
        {
            'f' or 'F' => ExactRounding.Fixed(number, spec.Precision ?? 6),
            '%' => ExactRounding.Fixed(number * 100, spec.Precision ?? 6) + "%",
            'e' or 'E' => Exponential(number, spec.Precision ?? 6),
            'g' or 'G' or 'n' => General(number, spec.Precision ?? 6),
            '\0' => spec.Precision is { } precision ? WithPoint(General(number, precision)) : PythonNumber.Repr(number),
            _ => throw new TemplateError($"Unknown format code '{spec.Type}' for object of type 'float'"),
        };
        text = char.IsAsciiLetterUpper(spec.Type) ? text.ToUpperInvariant() : text;
        int whole = text.AsSpan().IndexOfAny('.', 'e', '%');
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

    // So many digits that count, without trailing zeros; as a power of ten where that is shorter.
    private static string General(double number, int precision)
    {
        precision = Math.Max(1, precision);
        string exponential = Exponential(number, precision - 1);
        int e = exponential.IndexOf('e');
        int exponent = int.Parse(exponential.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent < -4 || exponent >= precision
            ? WithoutZeros(exponential[..e]) + exponential[e..]
            : WithoutZeros(ExactRounding.Fixed(number, precision - 1 - exponent));
    }

    private static string WithoutZeros(string text) => text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') : text;

    private static string WithPoint(string text) => text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0";

    private static string Grouped(string digits, char separator)
    {
        if (separator == '\0')
        {
            return digits;
        }

        for (int at = digits.Length - 3; at > 0; at -= 3)
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
