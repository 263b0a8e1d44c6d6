using Peft.Declarative.Text.Templates;

namespace Peft.Declarative;

/// <summary>What a template from a stranger's folder may use up. The defaults are far above what a real conversation needs.</summary>
public sealed record TemplateLimits
{
    /// <summary>
    /// Most steps of evaluation; an item of a list counts as one, 16 characters of text as another. Default 10 million, which takes seconds.
    /// </summary>
    public long Steps { get; init; } = 10_000_000;

    /// <summary>Most characters of output, and of any string on the way there. Default 4 million.</summary>
    public int OutputCharacters { get; init; } = 4_000_000;

    /// <summary>Deepest nesting of macro calls and recursive loops. Default 100.</summary>
    public int CallDepth { get; init; } = 100;
}
