namespace Peft.Declarative.Text.Templates.Syntax;

/// <summary>What stands between the parentheses of a call.</summary>
/// <param name="Positional">Arguments by position.</param>
/// <param name="Keywords">Arguments by name.</param>
/// <param name="Rest">After <c>*</c>: more by position.</param>
/// <param name="KeywordRest">After <c>**</c>: more by name.</param>
internal sealed record ArgumentList(
    IReadOnlyList<Expression> Positional,
    IReadOnlyList<(string Name, Expression Value)> Keywords,
    Expression? Rest,
    Expression? KeywordRest)
{
    internal static ArgumentList Empty { get; } = new([], [], null, null);
}
