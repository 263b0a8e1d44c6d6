using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Peft.Declarative.Text.Templates;

/// <summary>
/// Finds what a message's own strings became in a rendering. The conversation is rendered once more with the message's letters marked; where a mark comes out,
/// the message wrote. That is never a search for strings, so the same words elsewhere do not count.
/// </summary>
/// <remarks>
/// What templates look for in a text keeps its letters: white space, which they trim, and every string that their source names, such as
/// <c>&lt;/think&gt;</c>. A template that decides by other letters is found out, since it then writes more than marks differently.
/// </remarks>
internal static partial class OwnText
{
    private const char Mark = '\uE0FF';
    private const string WrittenWithEscapes = "\"\\<>&'";

    /// <summary>From the first to the last character that a message wrote; null if it wrote none.</summary>
    /// <param name="template">The template.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="index">Index of the message.</param>
    /// <param name="options">The inputs that gave <paramref name="text"/>.</param>
    /// <param name="text">The rendering of the conversation.</param>
    /// <exception cref="TemplateException">PEFT506: the template writes more than the message's own strings differently.</exception>
    internal static TemplateSpan? In(ChatTemplate template, JsonArray messages, int index, ChatTemplateOptions options, string text)
    {
        var marked = (JsonArray)messages.DeepClone();
        var edges = new List<(string Lead, string Trail)>();
        string[] literals = [.. Literals().Matches(template.Source).Select(Content).Where(literal => !string.IsNullOrWhiteSpace(literal)).Distinct()];
        MarkStrings((JsonObject)marked[index]!, literals, edges);
        string written = template.Render(marked, options).Text;
        int start = -1;
        int end = -1;
        for (int i = 0; i < Math.Min(text.Length, written.Length); i++)
        {
            if (written[i] == text[i])
            {
                continue;
            }

            if (written[i] != Mark)
            {
                throw Undecided(index);
            }

            start = start < 0 ? i : start;
            end = i + 1;
        }

        return text.Length != written.Length ? throw Undecided(index)
            : start < 0 ? null
            : new TemplateSpan(
                start - edges.Where(edge => text.AsSpan(0, start).EndsWith(edge.Lead)).Select(edge => edge.Lead.Length).DefaultIfEmpty(0).Max(),
                end + edges.Where(edge => text.AsSpan(end).StartsWith(edge.Trail)).Select(edge => edge.Trail.Length).DefaultIfEmpty(0).Max());
    }

    private static TemplateException Undecided(int index) => new(1, $"what it writes for message {index + 1} depends on the letters of that message, so the assistant's "
        + "part cannot be told. Mark it in the template with {% generation %} … {% endgeneration %}");

    private static void MarkStrings(JsonNode node, string[] literals, List<(string Lead, string Trail)> edges)
    {
        if (node is JsonObject members)
        {
            foreach ((string key, JsonNode? value) in members.ToArray())
            {
                members[key] = key == "role" ? value?.DeepClone() : Marked(value, literals, edges);
            }
        }
        else if (node is JsonArray items)
        {
            for (int i = 0; i < items.Count; i++)
            {
                items[i] = Marked(items[i], literals, edges);
            }
        }
    }

    private static JsonNode? Marked(JsonNode? value, string[] literals, List<(string Lead, string Trail)> edges)
    {
        if (value is JsonValue scalar && scalar.TryGetValue(out string? text))
        {
            return JsonValue.Create(MarkLetters(text, literals, edges));
        }

        JsonNode? copy = value?.DeepClone();
        if (copy is not null)
        {
            MarkStrings(copy, literals, edges);
        }

        return copy;
    }

    private static string MarkLetters(string text, string[] literals, List<(string Lead, string Trail)> edges)
    {
        var kept = new bool[text.Length];
        foreach (string literal in literals)
        {
            for (int at = text.IndexOf(literal, StringComparison.Ordinal); at >= 0; at = text.IndexOf(literal, at + literal.Length, StringComparison.Ordinal))
            {
                kept.AsSpan(at, literal.Length).Fill(true);
            }
        }

        var marked = new StringBuilder(text);
        int first = -1;
        int last = -1;
        for (int i = 0; i < text.Length; i++)
        {
            if (!kept[i] && !char.IsWhiteSpace(text[i]) && !char.IsControl(text[i]) && !WrittenWithEscapes.Contains(text[i]))
            {
                marked[i] = Mark;
                first = first < 0 ? i : first;
                last = i;
            }
        }

        edges.Add(first < 0 ? ("", "") : (text[..first].TrimStart(), text[(last + 1)..].TrimEnd()));
        return marked.ToString();
    }

    // The strings of a template's source, whichever quotes they are in.
    [GeneratedRegex(""""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)["]"""", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Literals();

    private static string Content(Match match) => (match.Groups[1].Success ? match.Groups[1] : match.Groups[2]).Value
        .Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\'", "'", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal).Trim();
}
