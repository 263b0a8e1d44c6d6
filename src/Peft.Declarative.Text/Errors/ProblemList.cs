namespace Peft.Declarative.Text.Errors;

/// <summary>Many problems in one sentence that remains readable.</summary>
internal static class ProblemList
{
    private const int Most = 8;

    /// <summary>The first eight, and how many more there are.</summary>
    internal static string Of(IReadOnlyList<string> items) => Of(items, items.Count);

    /// <summary>The same for a list of which only the first items were kept.</summary>
    internal static string Of(IReadOnlyList<string> items, long count) => count <= Most
        ? string.Join("; ", items)
        : $"{string.Join("; ", items.Take(Most))}; and {count - Most} more";
}
