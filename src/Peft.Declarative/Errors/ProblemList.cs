namespace Peft.Declarative;

/// <summary>Many problems in one sentence that still can be read.</summary>
internal static class ProblemList
{
    private const int Most = 8;

    /// <summary>The first eight, and how many more there are.</summary>
    internal static string Of(IReadOnlyList<string> items) => Of(items, items.Count);

    /// <summary>The same where only the first ones of all were kept.</summary>
    internal static string Of(IReadOnlyList<string> items, long count) => count <= Most
        ? string.Join("; ", items)
        : $"{string.Join("; ", items.Take(Most))}; and {count - Most} more";
}
