namespace Peft.Declarative;

/// <summary>Rows of files that could not be used and were left out.</summary>
/// <param name="Count">How many.</param>
/// <param name="First">The first hundred: file, line and reason of each.</param>
public sealed record SkippedRows(long Count, IReadOnlyList<string> First);
