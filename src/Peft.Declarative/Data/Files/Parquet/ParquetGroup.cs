namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>The columns of one row group; null for a column that the file does not have, and within it for a missing value.</summary>
internal sealed record ParquetGroup(int Count)
{
    internal string?[]? Text { get; init; }

    internal string?[]? Prompt { get; init; }

    internal string?[]? Completion { get; init; }

    internal string?[]? Tools { get; init; }

    /// <summary>Of each row the messages, and of each message its fields that have a value.</summary>
    internal List<Dictionary<string, string>>?[]? Messages { get; init; }
}
