using System.Text.Json.Nodes;

namespace Peft.Declarative.Text.Templates;

/// <summary>Finds what assistant messages contribute to a rendering by rendering the conversation up to them.</summary>
internal static class AssistantParts
{
    internal static IReadOnlyList<TemplateSpan> Find(ChatTemplate template, JsonArray messages, ChatTemplateOptions options, string whole)
    {
        List<TemplateSpan> parts = [];
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i]?["role"]?.GetValue<string>() != "assistant")
            {
                continue;
            }

            string before = template.Render(First(messages, i), options with { AddGenerationPrompt = true }).Text;
            string after = i + 1 == messages.Count ? whole : template.Render(First(messages, i + 1), options with { AddGenerationPrompt = false }).Text;
            if (!after.StartsWith(before, StringComparison.Ordinal) || !whole.StartsWith(after, StringComparison.Ordinal))
            {
                throw new TemplateException(1, $"it writes the turns before message {i + 1} differently once more of the conversation follows, so the "
                    + "assistant's part cannot be told. Mark it in the template with {% generation %} … {% endgeneration %}");
            }

            parts.Add(new TemplateSpan(before.Length, after.Length));
        }

        return parts;
    }

    private static JsonArray First(JsonArray messages, int count) => [.. messages.Take(count).Select(message => message?.DeepClone())];
}
