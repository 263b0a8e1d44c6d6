namespace Peft.Declarative.Generators.Model;

/// <summary>The parts of the user's class declaration that the generated part repeats.</summary>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="Name">Its name, escaped if it is a keyword.</param>
/// <param name="TypeParameters">Its type parameters with their brackets; empty for none.</param>
/// <param name="Containers">The headers of the containing types, outermost first, such as <c>partial class Outer</c>.</param>
/// <param name="HintName">Its full name as a file name.</param>
/// <param name="TakenNames">The names of types with which an alias in its namespace would conflict.</param>
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
