using System.Globalization;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>One part of a date, before it is padded.</summary>
/// <param name="Text">The part without padding.</param>
/// <param name="Width">How wide it is written.</param>
/// <param name="Padding">What fills it up.</param>
internal sealed record DateField(string Text, int Width, char Padding)
{
    /// <summary>The part that a letter stands for; null if the letter stands for none.</summary>
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
