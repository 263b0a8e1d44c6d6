using System.Text.Json.Nodes;

namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>The columns of one row group; <see langword="null"/> for a missing column, and for a missing value in a column.</summary>
internal sealed record ParquetGroup(int Count)
{
    internal string?[]? Text { get; init; }

    internal string?[]? Adapter { get; init; }

    /// <summary>The tasks, as numbers or the texts of such.</summary>
    internal JsonNode?[]? Task { get; init; }

    internal string?[]? Prompt { get; init; }

    internal string?[]? Completion { get; init; }

    internal string?[]? TextPair { get; init; }

    internal string?[]? Source { get; init; }

    internal string?[]? Target { get; init; }

    /// <summary>The classes, as names or numbers.</summary>
    internal JsonNode?[]? Label { get; init; }

    internal string?[]? Tools { get; init; }

    /// <summary>The messages of each row, and the fields of each message that have a value.</summary>
    internal List<Dictionary<string, string>>?[]? Messages { get; init; }

    /// <summary>Gets the names of the text columns that have a value in a row.</summary>
    internal IReadOnlyList<string> Names(int row) =>
    [
        .. new (string Name, object?[]? Values)[]
        {
            ("text", Text), ("label", Label), ("source", Source), ("target", Target), ("prompt", Prompt), ("completion", Completion),
        }.Where(column => column.Values?[row] is not null).Select(column => column.Name),
    ];
}
