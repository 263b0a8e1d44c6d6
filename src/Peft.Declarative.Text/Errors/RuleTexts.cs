using System.Globalization;

namespace Peft.Declarative.Text.Errors;

/// <summary>
/// The text of every rule, shared by the compiler and the run time. Numbers are formatted alike everywhere,
/// whatever the culture of the machine.
/// </summary>
internal static partial class RuleTexts
{
    private const int MostListed = 8;

    /// <summary>Names in a sentence, in alphabetical order: at most eight, then how many more there are. The word <paramref name="last"/>, if any, precedes the last one.</summary>
    internal static string Names(IEnumerable<string> names, string last = "")
    {
        List<string> all = names.Distinct(StringComparer.Ordinal).OrderBy(name => name, StringComparer.Ordinal).ToList();
        bool joined = last.Length > 0 && all.Count is > 1 and <= MostListed;
        return joined ? string.Join(", ", all.Take(all.Count - 1)) + $" {last} " + all[all.Count - 1]
            : all.Count <= MostListed ? string.Join(", ", all)
            : string.Join(", ", all.Take(MostListed)) + " and " + Count(all.Count - MostListed) + " more";
    }

    /// <summary>A count with thousands separated by commas.</summary>
    internal static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A number in its shortest exact form.</summary>
    internal static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Quoted(IReadOnlyList<string> names, string last)
    {
        string[] quoted = names.Select(name => $"'{name}'").ToArray();
        return quoted.Length == 1
            ? quoted[0]
            : string.Join(", ", quoted.Take(quoted.Length - 1)) + $" {last} " + quoted[quoted.Length - 1];
    }
}
