namespace Peft.Declarative.Text.Templates.Syntax;

/// <summary>A parameter of a macro.</summary>
internal sealed record Parameter(string Id, Expression? Default);
