using Peft.Declarative.Data.Rows;

namespace Peft.Declarative.Data.Files;

/// <summary>A row of a file, or why it is none.</summary>
/// <param name="Number">Number of its line or row, from 1.</param>
/// <param name="Row">The row; null if it is unusable.</param>
/// <param name="Problem">Why it is unusable.</param>
internal readonly record struct FileRow(int Number, RawRow? Row, string Problem = "")
{
    /// <exception cref="FormatException">The row is unusable.</exception>
    internal RawRow Take() => Row ?? throw new FormatException(Problem);
}
