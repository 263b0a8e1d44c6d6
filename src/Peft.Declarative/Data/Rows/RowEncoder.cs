using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Rows;

/// <summary>
/// Converts the content of a file to rows for one kind of model. A row from which nothing can be learned is a <see cref="FormatException"/> that says
/// why.
/// </summary>
internal abstract class RowEncoder(ITokenizer tokenizer, int maxLength)
{
    /// <summary>The kind of the created rows.</summary>
    internal abstract TrainingRowKind Kind { get; }

    internal int MaxLength => maxLength;

    /// <summary>The form of the rows so far; <see langword="null"/> if they are of several kinds, or not texts.</summary>
    internal virtual DataForm? Form => null;

    internal ITokenizer Tokenizer => tokenizer;

    /// <summary>Encodes one row of a file to one row, or to several if a chat template changes earlier turns for each later one.</summary>
    /// <exception cref="FormatException">The row cannot be used.</exception>
    internal abstract IEnumerable<TrainingRow> Encode(RawRow row);

    /// <summary>Creates the error for a row that lacks what the model needs.</summary>
    private protected static FormatException Lacks(RawRow row, string needs)
    {
        if (row.Names is null)
        {
            return new FormatException($"it has {needs}");
        }

        string[] names = [.. row.Names.Take(4).Select(name => $"'{UntrustedText.Shown(name)}'")];
        return new FormatException($"it has {(names.Length == 0 ? "no keys" : string.Join(", ", names))}, but {needs}");
    }

    /// <summary>Truncates ids, and keeps the special tokens that the tokenizer adds at the end of a text.</summary>
    private protected IReadOnlyList<int> Shortened(IReadOnlyList<int> ids, IReadOnlyList<int> after) => ids.Count <= maxLength || maxLength < after.Count
        ? [.. ids.Take(maxLength)]
        : [.. ids.Take(maxLength - after.Count), .. after];
}
