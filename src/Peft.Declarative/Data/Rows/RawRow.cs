using System.Text.Json.Nodes;

namespace Peft.Declarative.Data.Rows;

/// <summary>A row as a file holds it; what it does not have is null.</summary>
internal sealed record RawRow
{
    internal string? Text { get; init; }

    internal string? Prompt { get; init; }

    internal string? Completion { get; init; }

    /// <summary>A conversation: objects with a role.</summary>
    internal JsonArray? Messages { get; init; }

    /// <summary>JSON schemas of tools that the conversation may use.</summary>
    internal JsonArray? Tools { get; init; }
}
