using System.Text.Json.Nodes;

namespace Peft.Declarative.Data.Rows;

/// <summary>A row as a file holds it; what it does not have is null.</summary>
internal sealed record RawRow
{
    /// <summary>What the row has, for messages about what it lacks; null if that is not worth telling.</summary>
    internal IReadOnlyList<string>? Names { get; init; }

    /// <summary>The name of the adapter that learns the row.</summary>
    internal string? Adapter { get; init; }

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

    /// <summary>JSON schemas of tools that the conversation may use.</summary>
    internal JsonArray? Tools { get; init; }

    /// <summary>Further inputs of the chat template, such as <c>enable_thinking</c>.</summary>
    internal JsonObject? Variables { get; init; }
}
