namespace Peft.Declarative.Generators.Emit;

/// <summary>A type that generated code speaks of by its short name.</summary>
/// <param name="Name">The short name; unique over all methods.</param>
/// <param name="FullName">The name with its namespace.</param>
/// <param name="InExpressions">Whether static members of it are used: in an expression a member of the class would win over the type.</param>
internal sealed record KnownType(string Name, string FullName, bool InExpressions = false);
