namespace Peft.Declarative.Text.Patterns;

/// <summary>Part of a text, in UTF-16 units, that a pattern matched or that lies between two matches.</summary>
internal readonly record struct Stretch(int Start, int End, bool IsMatch);
