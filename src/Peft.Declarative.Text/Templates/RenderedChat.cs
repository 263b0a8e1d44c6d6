using Peft.Declarative.Text.Templates;

namespace Peft.Declarative;

/// <summary>A conversation as the text that a model is trained on or answers.</summary>
/// <param name="Text">The text. It holds its special tokens, so it is tokenized without adding any.</param>
/// <param name="Generated">What the template marks with <c>{% generation %}</c> as the model's part, in order; empty if it marks nothing.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<TemplateSpan> Generated);
