namespace Peft.Declarative.Generators.Model;

/// <summary>The usual layers of a family.</summary>
/// <param name="For">Method they are for; empty for all that have none of their own.</param>
/// <param name="Names">Names of the layers.</param>
internal sealed record DefaultTargetsSpec(string For, EquatableArray<string> Names);
