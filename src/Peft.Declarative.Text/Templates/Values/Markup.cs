namespace Peft.Declarative.Text.Templates.Values;

/// <summary>
/// Text that is HTML already, as the filters <c>e</c> and <c>safe</c> give it. Only expressions and variables know it from other text: what is
/// added to it is escaped, and it is not escaped twice.
/// </summary>
/// <param name="Text">The text.</param>
internal sealed record Markup(string Text)
{
    /// <summary>The value as everything else knows it.</summary>
    internal static object? Unmarked(object? value) => value is Markup markup ? markup.Text : value;
}
