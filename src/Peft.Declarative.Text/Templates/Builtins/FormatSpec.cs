using System.Globalization;
using System.Numerics;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Python's format specification, such as <c>&gt;8.2f</c>: how one value is written by <c>format</c> and <c>%</c>.</summary>
internal sealed record FormatSpec
{
    private const int GreatestPrecision = 400;

    internal string Fill { get; init; } = " ";

    /// <summary>One of <c>&lt; &gt; ^ =</c>; nul leaves it to the type.</summary>
    internal char Align { get; init; }

    /// <summary>One of <c>+ -</c> and space.</summary>
    internal char Sign { get; init; } = '-';

    internal bool Alternate { get; init; }

    /// <summary>Whether a result that rounds to zero loses its sign.</summary>
    internal bool PositiveZero { get; init; }

    /// <summary>Whether a 0 before the width asks for zeros, which then follow the sign.</summary>
    internal bool Zeros { get; init; }

    internal int Width { get; init; }

    /// <summary>Between groups of three digits: a comma, an underscore, or nul for none.</summary>
    internal char Group { get; init; }

    internal int? Precision { get; init; }

    /// <summary>The letter at the end; nul leaves it to the type.</summary>
    internal char Type { get; init; }

    /// <summary>Whether nothing was specified, which every type accepts.</summary>
    internal bool IsEmpty { get; init; }

    internal static FormatSpec Parse(string text)
    {
        var spec = new FormatSpec { IsEmpty = text.Length == 0 };
        string fill = text.Length == 0 ? "" : CodePointText.Slice(text, 0, 1);
        int at = 0;
        bool hasFill = false;
        if (text.Length > fill.Length && "<>=^".Contains(text[fill.Length]))
        {
            spec = spec with { Fill = fill, Align = text[fill.Length] };
            at = fill.Length + 1;
            hasFill = true;
        }
        else if (text.Length > 0 && "<>=^".Contains(text[0]))
        {
            spec = spec with { Align = text[0] };
            at = 1;
        }

        if (at < text.Length && "+- ".Contains(text[at]))
        {
            spec = spec with { Sign = text[at++] };
        }

        if (at < text.Length && text[at] == 'z')
        {
            spec = spec with { PositiveZero = true };
            at++;
        }

        if (at < text.Length && text[at] == '#')
        {
            spec = spec with { Alternate = true };
            at++;
        }

        if (at < text.Length && text[at] == '0' && !hasFill)
        {
            spec = spec with { Fill = "0", Zeros = true };
            at++;
        }

        spec = spec with { Width = Number(text, ref at) ?? 0 };
        if (at < text.Length && text[at] is ',' or '_')
        {
            spec = spec with { Group = text[at++] };
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            int precision = Number(text, ref at) ?? throw new TemplateError("Format specifier missing precision");
            spec = spec with { Precision = precision <= GreatestPrecision ? precision : throw new TemplateError("precision too big") };
        }

        char type = at < text.Length ? text[at++] : '\0';
        return at == text.Length ? spec with { Type = type } : throw new TemplateError($"Invalid format specifier '{text}'");
    }

    internal string Apply(Interpreter interpreter, object? value) => value switch
    {
        string text => ApplyToText(interpreter, text),
        double number => ApplyToNumber(interpreter, NumberFormat.Float(this, number)),
        BigInteger or bool when Type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%' =>
            ApplyToNumber(interpreter, NumberFormat.Float(this, PythonNumber.ToDouble(value))),
        _ when IsEmpty => PythonText.Str(value),
        BigInteger or bool => ApplyToNumber(interpreter, NumberFormat.Integer(this, PythonNumber.ToInteger(value))),
        _ => throw new TemplateError($"unsupported format string passed to {TypeNames.Of(value)}.__format__"),
    };

    /// <summary>Pads digits.</summary>
    internal string ApplyDigits(Interpreter interpreter, bool negative, string digits) => ApplyToNumber(interpreter, negative ? "-" + digits : digits);

    private string ApplyToText(Interpreter interpreter, string text)
    {
        if (Type is not ('\0' or 's'))
        {
            throw new TemplateError($"Unknown format code '{Type}' for object of type 'str'");
        }

        if (Sign != '-' || Alternate || PositiveZero || Group != '\0' || Align == '=')
        {
            throw new TemplateError("signs, '#', 'z', ',', '_' and '=' are not allowed in string format specifier");
        }

        string cut = Precision is { } most ? CodePointText.Slice(text, 0, most) : text;
        return Pad(interpreter, "", cut, Align == '\0' ? '<' : Align);
    }

    // The sign is the first character of a number if it has one.
    private string ApplyToNumber(Interpreter interpreter, string number)
    {
        bool negative = number.StartsWith('-');
        string sign = negative ? "-" : Sign == '-' ? "" : Sign.ToString();
        return Pad(interpreter, sign, negative ? number[1..] : number, Align != '\0' ? Align : Zeros ? '=' : '>');
    }

    private string Pad(Interpreter interpreter, string sign, string body, char align)
    {
        int missing = Math.Max(0, Width - CodePointText.Length(body) - sign.Length);
        interpreter.Budget.ChargeText(body.Length + (long)missing * Fill.Length);
        string Filled(int count) => string.Concat(Enumerable.Repeat(Fill, count));
        return align switch
        {
            '<' => sign + body + Filled(missing),
            '^' => Filled(missing / 2) + sign + body + Filled(missing - missing / 2),
            '=' => sign + Filled(missing) + body,
            _ => Filled(missing) + sign + body,
        };
    }

    private static int? Number(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        if (at == start)
        {
            return null;
        }

        return int.TryParse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new TemplateError("Too many decimal digits in format string");
    }
}
