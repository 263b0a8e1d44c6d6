namespace Peft.Declarative.Generators.Model;

/// <summary>How the user's class is reopened: everything that its other part must repeat.</summary>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="Name">Its name, escaped where it is a keyword.</param>
/// <param name="TypeParameters">Its type parameters with their brackets; empty for none.</param>
/// <param name="Containers">Headers of the types around it, outermost first, such as <c>partial class Outer</c>.</param>
/// <param name="HintName">Its full name as a file name.</param>
/// <param name="TakenNames">Names of types that an alias in its namespace would clash with.</param>
internal sealed record TypeShape(
    string Namespace,
    string Name,
    string TypeParameters,
    EquatableArray<string> Containers,
    string HintName,
    EquatableArray<string> TakenNames)
{
    internal string Reference => Name + TypeParameters;
}
