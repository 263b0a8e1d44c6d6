using System.Globalization;
using System.Text;
using Peft.Declarative.Templates.Values;

namespace Peft.Declarative.Templates.Builtins;

/// <summary>Dates by the letters of C's <c>strftime</c>, in English.</summary>
internal static class Strftime
{
    internal static string Format(DateTimeOffset time, string format)
    {
        var written = new StringBuilder();
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] != '%' || at + 1 == format.Length)
            {
                written.Append(format[at]);
                continue;
            }

            bool unpadded = format[at + 1] == '-' && at + 2 < format.Length;
            at += unpadded ? 2 : 1;
            string field = Field(time, format[at]);
            written.Append(unpadded && field.TrimStart('0', ' ') is { Length: > 0 } trimmed ? trimmed : field);
        }

        return written.ToString();
    }

    private static string Field(DateTimeOffset time, char letter) => letter switch
    {
        'a' => Net(time, "ddd"),
        'A' => Net(time, "dddd"),
        'b' or 'h' => Net(time, "MMM"),
        'B' => Net(time, "MMMM"),
        'c' => $"{Net(time, "ddd MMM")} {time.Day,2} {Net(time, "HH:mm:ss yyyy")}",
        'C' => Net(time, "yyyy")[..2],
        'd' => Net(time, "dd"),
        'D' or 'x' => Net(time, "MM/dd/yy"),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'f' => Net(time, "ffffff"),
        'F' => Net(time, "yyyy-MM-dd"),
        'G' => ISOWeek.GetYear(time.DateTime).ToString("0000", CultureInfo.InvariantCulture),
        'H' => Net(time, "HH"),
        'I' => Net(time, "hh"),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'm' => Net(time, "MM"),
        'M' => Net(time, "mm"),
        'n' => "\n",
        'p' => Net(time, "tt"),
        'r' => Net(time, "hh:mm:ss tt"),
        'R' => Net(time, "HH:mm"),
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'S' => Net(time, "ss"),
        't' => "\t",
        'T' or 'X' => Net(time, "HH:mm:ss"),
        'u' => (((int)time.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture),
        'U' => ((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7).ToString("00", CultureInfo.InvariantCulture),
        'V' => ISOWeek.GetWeekOfYear(time.DateTime).ToString("00", CultureInfo.InvariantCulture),
        'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'W' => ((time.DayOfYear + 6 - ((int)time.DayOfWeek + 6) % 7) / 7).ToString("00", CultureInfo.InvariantCulture),
        'y' => Net(time, "yy"),
        'Y' => time.Year.ToString(CultureInfo.InvariantCulture),
        'z' or 'Z' => "", // Python's datetime.now() knows no time zone
        '%' => "%",
        _ => throw new TemplateError($"'%{letter}' is no field of a date"),
    };

    private static string Net(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
