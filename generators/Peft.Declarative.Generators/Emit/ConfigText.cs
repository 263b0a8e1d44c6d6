namespace Peft.Declarative.Generators.Emit;

/// <summary>A config as it is written: its type, and the assignments in its initialiser.</summary>
internal sealed record ConfigText(string Type, IReadOnlyList<string> Settings);
