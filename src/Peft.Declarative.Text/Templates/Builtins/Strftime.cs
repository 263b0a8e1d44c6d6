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

    // From the percent sign to the letter, where 'at' is left. What is no conversion stays as it is.
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
