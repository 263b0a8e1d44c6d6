using System.Globalization;
using System.Numerics;
using System.Text;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>The operator <c>%</c> on strings: <c>'%s is %d' % (a, b)</c>.</summary>
internal static class PercentFormat
{
    internal static string Apply(Interpreter interpreter, string format, object? values)
    {
        IReadOnlyList<object?> positional = values is TupleValue tuple ? tuple.Items : [values];
        int next = 0;
        var written = new StringBuilder();
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                written.Append(format[at]);
                continue;
            }

            object? Next() => next < positional.Count ? positional[next++] : throw new TemplateError("not enough arguments for format string");
            written.Append(Convert(interpreter, format, ref at, values as DictValue, Next));
            interpreter.Budget.RequireText(written.Length);
        }

        interpreter.Budget.ChargeText(written.Length);
        return next == positional.Count || (next == 0 && values is DictValue or ListValue or RangeValue or Undefined)
            ? written.ToString()
            : throw new TemplateError("not all arguments converted during string formatting");
    }

    // From the percent sign to the letter, where 'at' is left.
    private static string Convert(Interpreter interpreter, string format, ref int at, DictValue? mapping, Func<object?> next)
    {
        at++;
        if (Peek(format, at) == '%')
        {
            return "%";
        }

        string? key = null;
        if (Peek(format, at) == '(')
        {
            int close = format.IndexOf(')', at);
            key = close > 0 ? format[(at + 1)..close] : throw new TemplateError("incomplete format key");
            at = close + 1;
        }

        int flagsStart = at;
        while ("#0- +".Contains(Peek(format, at)))
        {
            at++;
        }

        string flags = format[flagsStart..at];
        int? width = Number(format, ref at, next);
        int? precision = null;
        if (Peek(format, at) == '.')
        {
            at++;
            precision = Number(format, ref at, next) ?? 0;
        }

        while ("hlL".Contains(Peek(format, at)))
        {
            at++;
        }

        char letter = Peek(format, at);
        object? value = key is null ? next() : mapping is null ? throw new TemplateError("format requires a mapping")
            : mapping.TryGet(key, out object? found) ? found : throw new TemplateError($"key {PythonText.Repr(key)} is missing");
        var spec = new FormatSpec
        {
            Width = width ?? 0,
            Precision = precision,
            Sign = flags.Contains('+') ? '+' : flags.Contains(' ') ? ' ' : '-',
            Alternate = flags.Contains('#'),
            Align = flags.Contains('-') ? '<' : flags.Contains('0') ? '=' : '>',
            Fill = flags.Contains('0') && !flags.Contains('-') ? "0" : " ",
        };
        return Written(interpreter, spec, letter, value);
    }

    private static string Written(Interpreter interpreter, FormatSpec spec, char letter, object? value)
    {
        switch (letter)
        {
            case 's': return ForText(spec).Apply(interpreter, PythonText.Str(value));
            case 'r': return ForText(spec).Apply(interpreter, PythonText.Repr(value));
            case 'a': return ForText(spec).Apply(interpreter, PythonText.Ascii(value));
            case 'c': return (ForText(spec) with { Precision = null }).Apply(interpreter, Character(value));
            case 'd' or 'i' or 'u':
                BigInteger whole = value is double number ? Whole(number) : Integer(value);
                interpreter.Budget.ChargeText(spec.Precision ?? 0);   // before they are there
                string digits = BigInteger.Abs(whole).ToString(CultureInfo.InvariantCulture).PadLeft(spec.Precision ?? 0, '0');
                return (spec with { Precision = null, Type = 'd' }).ApplyDigits(interpreter, whole.Sign < 0, digits);
            case 'x' or 'X' or 'o':
                return (spec with { Precision = null, Type = letter }).Apply(interpreter, Integer(value));
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                object real = PythonNumber.IsNumber(value)
                    ? PythonNumber.ToDouble(value!)
                    : throw new TemplateError($"must be real number, not {TypeNames.Of(value)}");
                return (spec with { Type = letter }).Apply(interpreter, real);
            default:
                throw new TemplateError(letter == '\0' ? "incomplete format" : $"unsupported format character '{letter}'");
        }
    }

    // Flags for numbers mean nothing to text.
    private static FormatSpec ForText(FormatSpec spec) => spec with
    {
        Fill = " ",
        Align = spec.Align == '=' ? '>' : spec.Align,
        Sign = '-',
        Alternate = false,
    };

    private static string Character(object? value) => value switch
    {
        string text when CodePointText.Length(text) == 1 => text,
        string => throw new TemplateError("%c requires int or char"),
        _ => NumberFormat.Character(Integer(value)),
    };

    private static BigInteger Whole(double number) => double.IsFinite(number) ? new BigInteger(number)
        : throw new TemplateError($"cannot convert float {(double.IsNaN(number) ? "NaN" : "infinity")} to integer");

    private static BigInteger Integer(object? value) => PythonNumber.IsInteger(value)
        ? PythonNumber.ToInteger(value)
        : throw new TemplateError($"%d format: a real number is required, not {TypeNames.Of(value)}");

    private static int? Number(string format, ref int at, Func<object?> next)
    {
        if (Peek(format, at) == '*')
        {
            at++;
            return PythonNumber.ToCount(next());
        }

        int start = at;
        while (char.IsAsciiDigit(Peek(format, at)))
        {
            at++;
        }

        return at == start ? null : int.TryParse(format.AsSpan(start, at - start), CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new TemplateError("width too big");
    }

    private static char Peek(string format, int at) => at < format.Length ? format[at] : '\0';
}
