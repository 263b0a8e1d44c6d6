using System.Text.Json.Nodes;

namespace Peft.Declarative;

/// <summary>What a chat template receives beside the conversation. All properties are optional.</summary>
/// <example>
/// <code>
/// var options = new ChatTemplateOptions { Variables = new JsonObject { ["enable_thinking"] = false } };
/// IReadOnlyList&lt;int&gt; prompt = format.EncodePrompt(messages, options);
/// </code>
/// </example>
public sealed record ChatTemplateOptions
{
    /// <summary>Tools that the model may call, as JSON schemas. Default none, which templates see as <c>None</c>.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>Documents to answer from. Default none, which templates see as <c>None</c>.</summary>
    public JsonArray? Documents { get; init; }

    /// <summary>Whether the text ends with the beginning of the assistant's turn. Default false, as training needs.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>The token that begins a sequence. Default null; a template that uses it then writes nothing.</summary>
    public string? BosToken { get; init; }

    /// <summary>The token that ends a sequence. Default null.</summary>
    public string? EosToken { get; init; }

    /// <summary>The token that fills up shorter rows. Default null.</summary>
    public string? PadToken { get; init; }

    /// <summary>The token for text that the vocabulary cannot express. Default null.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Further variables, such as <c>enable_thinking</c>. Default none.</summary>
    public JsonObject? Variables { get; init; }

    /// <summary>The time that <c>strftime_now</c> returns. Default null, the clock; a fixed time makes renderings repeatable.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Limits on time, output and depth. Default as <see cref="TemplateLimits"/> has them.</summary>
    public TemplateLimits Limits { get; init; } = new();
}

/// <summary>Limits on what a template from an untrusted folder may use. The defaults are far above what a real conversation needs.</summary>
/// <remarks>
/// Some limits cannot be set, because more could overflow the stack of a thread: blocks and brackets of a template may be 64 levels deep, what it is given 128, and
/// statements, expressions, filters and values together 200 while it is rendered.
/// </remarks>
public sealed record TemplateLimits
{
    /// <summary>
    /// Most steps of evaluation; an item of a list counts as one, 16 characters of text as another. Default 10 million, which takes seconds.
    /// </summary>
    public long Steps { get; init; } = 10_000_000;

    /// <summary>Most characters of output, and of any string made while rendering. Default 4 million.</summary>
    public int OutputCharacters { get; init; } = 4_000_000;

    /// <summary>Deepest nesting of macro calls and recursive loops, within the 200 levels of all that is nested. Default 100.</summary>
    public int CallDepth { get; init; } = 100;
}
