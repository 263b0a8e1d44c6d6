using System.Text.Json.Nodes;

namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>The columns of one row group; null for a column that the file does not have, and within it for a missing value.</summary>
internal sealed record ParquetGroup(int Count)
{
    internal string?[]? Text { get; init; }

    internal string?[]? Adapter { get; init; }

    internal string?[]? Prompt { get; init; }

    internal string?[]? Completion { get; init; }

    internal string?[]? TextPair { get; init; }

    internal string?[]? Source { get; init; }

    internal string?[]? Target { get; init; }

    /// <summary>Classes, as names or as numbers.</summary>
    internal JsonNode?[]? Label { get; init; }

    internal string?[]? Tools { get; init; }

    /// <summary>Of each row the messages, and of each message its fields that have a value.</summary>
    internal List<Dictionary<string, string>>?[]? Messages { get; init; }

    /// <summary>The columns of texts that have a value in a row.</summary>
    internal IReadOnlyList<string> Names(int row) =>
    [
        .. new (string Name, object?[]? Values)[]
        {
            ("text", Text), ("label", Label), ("source", Source), ("target", Target), ("prompt", Prompt), ("completion", Completion),
        }.Where(column => column.Values?[row] is not null).Select(column => column.Name),
    ];
}
