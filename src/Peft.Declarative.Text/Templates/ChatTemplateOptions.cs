using System.Text.Json.Nodes;
using Peft.Declarative.Text.Templates;

namespace Peft.Declarative;

/// <summary>What a chat template is given beside the conversation.</summary>
public sealed record ChatTemplateOptions
{
    /// <summary>Tools that the model may call, as JSON schemas. Default none, which templates see as <c>None</c>.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>Documents to answer from. Default none, which templates see as <c>None</c>.</summary>
    public JsonArray? Documents { get; init; }

    /// <summary>Whether the text ends with the beginning of the assistant's turn. Default no, as for training.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>The token that begins a sequence; a template that uses it sees nothing if it is null.</summary>
    public string? BosToken { get; init; }

    /// <summary>The token that ends a sequence.</summary>
    public string? EosToken { get; init; }

    /// <summary>The token that fills up rows.</summary>
    public string? PadToken { get; init; }

    /// <summary>The token for what cannot be expressed.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Further variables, such as <c>enable_thinking</c>.</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>The date that <c>strftime_now</c> tells. Default the clock; a fixed one makes renderings repeatable.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>What the template may use up.</summary>
    public TemplateLimits Limits { get; init; } = new();
}
