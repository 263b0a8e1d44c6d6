using System.Text.Json.Nodes;

namespace Peft.Declarative.Text.Templates;

/// <summary>
/// Finds what assistant messages contribute to a rendering. A message's turn is what it adds to the rendering of the messages before it, and it begins where
/// the generation prompt ends, or where its own text begins if the template does not write that prompt before it.
/// </summary>
/// <param name="template">The template.</param>
/// <param name="messages">The conversation.</param>
/// <param name="options">Further inputs, without a generation prompt.</param>
/// <param name="whole">The rendering of the whole conversation.</param>
internal sealed class AssistantParts(ChatTemplate template, JsonArray messages, ChatTemplateOptions options, string whole)
{
    /// <summary>
    /// Texts in which every turn is what the model writes when it is that turn: the whole conversation, or, where the template writes earlier turns
    /// differently once later ones follow (as those that leave out earlier reasoning), one text for each turn that would change.
    /// </summary>
    internal IReadOnlyList<RenderedChat> Rows()
    {
        List<Turn> left = [.. Turns()];
        if (left.Count == 0)
        {
            return [new RenderedChat(whole, [])];
        }

        List<RenderedChat> rows = [];
        while (left.Count > 0)
        {
            string text = rows.Count == 0 && StartsWith(whole, left[^1].Text) ? whole : left[^1].Text;
            Turn[] same = [.. left.Where(turn => StartsWith(text, turn.Text))];
            rows.Insert(0, new RenderedChat(text, [.. same.Select(Span).OfType<TemplateSpan>()]));
            left.RemoveAll(same.Contains);
        }

        return rows;
    }

    /// <summary>The parts within the whole conversation; of turns that are written differently there, what is left of their own text.</summary>
    internal IReadOnlyList<TemplateSpan> InWhole() =>
        [.. Turns().Select(turn => StartsWith(whole, turn.Text) ? Span(turn) : OwnText.In(template, messages, turn.Index, options, whole)).OfType<TemplateSpan>()];

    private IEnumerable<Turn> Turns()
    {
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i]?["role"]?.GetValue<string>() == "assistant")
            {
                yield return new Turn(i, i + 1 == messages.Count ? whole : template.Render(First(i + 1), options).Text);
            }
        }
    }

    private TemplateSpan? Span(Turn turn)
    {
        string before = template.Render(First(turn.Index), options with { AddGenerationPrompt = true }).Text;
        int? start = StartsWith(turn.Text, before) ? before.Length : OwnText.In(template, First(turn.Index + 1), turn.Index, options, turn.Text)?.Start;
        return start is { } first ? new TemplateSpan(first, turn.Text.Length) : null;
    }

    private static bool StartsWith(string text, string beginning) => text.StartsWith(beginning, StringComparison.Ordinal);

    private JsonArray First(int count) => [.. messages.Take(count).Select(message => message?.DeepClone())];

    /// <param name="Index">Index of its message.</param>
    /// <param name="Text">The rendering of the conversation up to its end.</param>
    private sealed record Turn(int Index, string Text);
}
