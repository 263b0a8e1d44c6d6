namespace Peft.Declarative;

/// <summary>A conversation as the text that a model is trained on or answers.</summary>
/// <param name="Text">The text. It contains its special tokens, so tokenize it without adding any.</param>
/// <param name="Generated">Parts that the template marks with <c>{% generation %}</c> as the model's, in order; empty if it marks none.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<TemplateSpan> Generated);

/// <summary>A part of a rendered text, in UTF-16 code units.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after its last.</param>
public readonly record struct TemplateSpan(int Start, int End);
