namespace Peft.Declarative.Generators.Model;

/// <summary>A console program around the class.</summary>
/// <param name="HasOwnMain">Whether the project has a Main of its own, so that the generated one would clash.</param>
internal sealed record AppSpec(bool HasOwnMain);
