using System.Globalization;
using System.Text;
using Peft.Declarative.Text.Templates.Evaluation;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Dates by the letters of C's <c>strftime</c>, in English, with the flags and widths of glibc: <c>%-d</c>, <c>%^B</c>, <c>%10Y</c>.</summary>
internal static class Strftime
{
    private const string Flags = "_-0^#";

    internal static string Format(Interpreter interpreter, string format)
    {
        var written = new StringBuilder();
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] == '%')
            {
                written.Append(Conversion(interpreter, format, ref at));
                interpreter.Budget.RequireText(written.Length);
            }
            else
            {
                written.Append(format[at]);
            }
        }

        interpreter.Budget.ChargeText(written.Length);
        return written.ToString();
    }

    // From the percent sign to the letter, where 'at' is left. Text that is not a conversion is kept.
    private static string Conversion(Interpreter interpreter, string format, ref int at)
    {
        int start = at++;
        int flagsStart = at;
        while (at < format.Length && Flags.Contains(format[at]))
        {
            at++;
        }

        string flags = format[flagsStart..at];
        int width = 0;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            width = Math.Min(width, int.MaxValue / 20) * 10 + (format[at++] - '0');
        }

        // Other calendars (E) and digits (O) are those of English.
        at += at < format.Length && format[at] is 'E' or 'O' ? 1 : 0;
        if (at >= format.Length || DateField.Of(interpreter.Now, format[at]) is not { } field)
        {
            at = Math.Min(at, format.Length - 1);
            return format[start..(at + 1)];
        }

        interpreter.Budget.ChargeText(width);
        return Padded(field, flags, width);
    }

    private static string Padded(DateField field, string flags, int width)
    {
        string text = flags.Contains('^') ? field.Text.ToUpperInvariant()
            : flags.Contains('#') ? SwappedCase(field.Text)
            : field.Text;
        char padding = field.Padding;
        foreach (char flag in flags.Where(flag => flag is '_' or '-' or '0'))
        {
            padding = flag == '_' ? ' ' : flag;
        }

        return padding == '-' ? text : text.PadLeft(Math.Max(width, field.Width), padding);
    }

    // AM becomes am, and names become upper case.
    private static string SwappedCase(string text) => text.Any(char.IsAsciiLetterLower) ? text.ToUpperInvariant() : text.ToLowerInvariant();
}

/// <summary>One part of a date, before it is padded.</summary>
/// <param name="Text">The part without padding.</param>
/// <param name="Width">Minimum width in characters.</param>
/// <param name="Padding">Character that fills up the width.</param>
internal sealed record DateField(string Text, int Width, char Padding)
{
    /// <summary>The part that a letter selects; null if it selects none.</summary>
    internal static DateField? Of(DateTimeOffset time, char letter) => letter switch
    {
        'a' => Name(time, "ddd"),
        'A' => Name(time, "dddd"),
        'b' or 'h' => Name(time, "MMM"),
        'B' => Name(time, "MMMM"),
        'c' => Word($"{Net(time, "ddd MMM")} {time.Day,2} {Net(time, "HH:mm:ss yyyy")}"),
        'C' => Number(time.Year / 100, 2),
        'd' => Number(time.Day, 2),
        'D' or 'x' => Name(time, "MM/dd/yy"),
        'e' => Number(time.Day, 2, ' '),
        'f' => Name(time, "ffffff"),
        'F' => Name(time, "yyyy-MM-dd"),
        'g' => Number(ISOWeek.GetYear(time.DateTime) % 100, 2),
        'G' => Number(ISOWeek.GetYear(time.DateTime), 4),
        'H' => Number(time.Hour, 2),
        'I' => Number(Twelve(time), 2),
        'j' => Number(time.DayOfYear, 3),
        'k' => Number(time.Hour, 2, ' '),
        'l' => Number(Twelve(time), 2, ' '),
        'm' => Number(time.Month, 2),
        'M' => Number(time.Minute, 2),
        'n' => Word("\n"),
        'p' => Name(time, "tt"),
        'P' => Word(Net(time, "tt").ToLowerInvariant()),
        'r' => Name(time, "hh:mm:ss tt"),
        'R' => Name(time, "HH:mm"),
        's' => Number(time.ToUnixTimeSeconds(), 1),
        'S' => Number(time.Second, 2),
        't' => Word("\t"),
        'T' or 'X' => Name(time, "HH:mm:ss"),
        'u' => Number((((int)time.DayOfWeek + 6) % 7) + 1, 1),
        'U' => Number((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2),
        'V' => Number(ISOWeek.GetWeekOfYear(time.DateTime), 2),
        'w' => Number((int)time.DayOfWeek, 1),
        'W' => Number((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7, 2),
        'y' => Number(time.Year % 100, 2),
        'Y' => Number(time.Year, 1),
        'z' or 'Z' => Word(""), // Python's datetime.now() knows no time zone
        '%' => Word("%"),
        _ => null,
    };

    private static int Twelve(DateTimeOffset time) => ((time.Hour + 11) % 12) + 1;

    private static DateField Name(DateTimeOffset time, string format) => Word(Net(time, format));

    private static DateField Word(string text) => new(text, 0, ' ');

    private static DateField Number(long number, int width, char padding = '0') =>
        new(number.ToString(CultureInfo.InvariantCulture), width, padding);

    private static string Net(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
