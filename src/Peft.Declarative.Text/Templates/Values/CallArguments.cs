namespace Peft.Declarative.Text.Templates.Values;

/// <summary>What a call passes.</summary>
/// <param name="Positional">By position.</param>
/// <param name="Keywords">By name, in order.</param>
internal sealed record CallArguments(IReadOnlyList<object?> Positional, IReadOnlyList<KeyValuePair<string, object?>> Keywords)
{
    internal static CallArguments Of(params object?[] positional) => new(positional, []);

    /// <summary>The same with a first argument before them.</summary>
    internal CallArguments Prepend(object? first) => this with { Positional = [first, .. Positional] };
}
