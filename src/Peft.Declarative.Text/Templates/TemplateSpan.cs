using Peft.Declarative.Text.Templates;

namespace Peft.Declarative;

/// <summary>A part of a rendered text, in UTF-16 units as everywhere in .NET.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after its last.</param>
public readonly record struct TemplateSpan(int Start, int End);
