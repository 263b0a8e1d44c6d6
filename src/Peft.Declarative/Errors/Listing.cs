namespace Peft.Declarative;

/// <summary>Many problems in one sentence that still can be read.</summary>
internal static class Listing
{
    private const int Most = 8;

    /// <summary>The first eight, and how many more there are.</summary>
    internal static string Of(IReadOnlyList<string> items) => items.Count <= Most
        ? string.Join("; ", items)
        : $"{string.Join("; ", items.Take(Most))}; and {items.Count - Most} more";
}
