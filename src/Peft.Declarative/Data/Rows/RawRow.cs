using System.Text.Json.Nodes;

namespace Peft.Declarative.Data.Rows;

/// <summary>A row as in the file. Missing values are <see langword="null"/>.</summary>
internal sealed record RawRow
{
    /// <summary>The names in the row, for messages about missing ones; <see langword="null"/> if they do not help.</summary>
    internal IReadOnlyList<string>? Names { get; init; }

    /// <summary>The name of the adapter that learns the row.</summary>
    internal string? Adapter { get; init; }

    /// <summary>The task that the row teaches it.</summary>
    internal int? Task { get; init; }

    internal string? Text { get; init; }

    /// <summary>The second text of a pair.</summary>
    internal string? TextPair { get; init; }

    /// <summary>The class of the text: its name or its index.</summary>
    internal JsonNode? Label { get; init; }

    internal string? Source { get; init; }

    internal string? Target { get; init; }

    internal string? Prompt { get; init; }

    internal string? Completion { get; init; }

    /// <summary>A conversation: objects with a role.</summary>
    internal JsonArray? Messages { get; init; }

    /// <summary>The JSON schemas of tools in the conversation.</summary>
    internal JsonArray? Tools { get; init; }

    /// <summary>Further inputs of the chat template, such as <c>enable_thinking</c>.</summary>
    internal JsonObject? Variables { get; init; }
}
