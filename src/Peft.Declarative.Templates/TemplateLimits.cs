namespace Peft.Declarative.Templates;

/// <summary>What a template from a stranger's folder may use up. The defaults are far above what a real conversation needs.</summary>
public sealed record TemplateLimits
{
    /// <summary>Most steps of evaluation; handling a thousand characters or items counts about as much as a thousand steps. Default 20 million, which takes seconds.</summary>
    public long Steps { get; init; } = 20_000_000;

    /// <summary>Most characters of output, and of any string on the way there. Default 8 million.</summary>
    public int OutputCharacters { get; init; } = 8_000_000;

    /// <summary>Deepest nesting of macro calls and recursive loops. Default 100.</summary>
    public int CallDepth { get; init; } = 100;
}
