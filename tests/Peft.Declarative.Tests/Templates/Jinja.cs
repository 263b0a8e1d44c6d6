using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Templates;

/// <summary>Renders small templates on one set of variables. What they should give was taken from Python's jinja2.</summary>
internal static class Jinja
{
    private const string Variables = """
        {
          "n": 7, "neg": -3, "f": 2.5, "t": true, "nothing": null, "s": "hello World foo", "multi": "a\n\nb-c d",
          "l": [3, 1, 2], "d": {"b": 1, "a": "x"}, "people": [{"k": "x", "v": 3}, {"k": "Y", "v": 1}, {"k": "x", "v": 2}]
        }
        """;

    /// <summary>The text; null if the template is refused, while it is read or rendered.</summary>
    internal static string? Render(string template)
    {
        try
        {
            return ChatTemplate.Parse(template).Render([], new ChatTemplateOptions
            {
                Variables = JsonNode.Parse(Variables)!.AsObject(),
                Now = new DateTimeOffset(2024, 3, 5, 7, 8, 9, TimeSpan.Zero),
            }).Text;
        }
        catch (TemplateException)
        {
            return null;
        }
    }
}
