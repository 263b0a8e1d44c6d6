namespace Peft.Declarative.Text.Templates.Syntax;

/// <summary>Statements with variables of their own, such as the rounds of a loop or a macro.</summary>
/// <param name="Statements">The statements.</param>
/// <param name="SetFirst">
/// Variables that they set before they read them. Where no block around has them, they are undefined until then, even if the caller passed
/// one of that name: as in the reference, macros and inner blocks see them so.
/// </param>
internal sealed record Body(IReadOnlyList<Statement> Statements, IReadOnlyList<string> SetFirst)
{
    internal static Body Empty { get; } = new([], []);
}
