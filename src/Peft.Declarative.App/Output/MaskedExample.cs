using System.Text;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Peft.Declarative.App.Output;

/// <summary>A training row as text, with the tokens that enter the loss highlighted.</summary>
internal sealed class MaskedExample
{
    private const char Unprintable = '\uFFFD';

    private readonly List<(string Text, bool IsLearnt)> _spans = [];

    internal MaskedExample(TrainingRow row, Tokenizer tokenizer)
    {
        // Tokens are decoded one at a time, because decoding a span separately would lose the space before its first word.
        var decoder = new StreamingDecoder(tokenizer, skipSpecialTokens: false, byCharacter: true);
        for (int i = 0; i < row.TokenCount; i++)
        {
            Add(decoder.Add(row.Ids[i]), i > 0 && row.Labels[i] != TrainingRow.Ignored);
        }

        Add(decoder.Complete(), _spans.Count > 0 && _spans[^1].IsLearnt);
    }

    /// <summary>The text of the row in spans: <c>{"text": …, "learnt": …}</c>.</summary>
    internal JsonArray Json() => [.. _spans.Select(span => (JsonNode)new JsonObject { ["text"] = span.Text, ["learnt"] = span.IsLearnt })];

    /// <summary>Writes the text: with colors to a terminal, and otherwise with ⟦ ⟧ around the tokens that enter the loss.</summary>
    internal void Write(AppOutput output)
    {
        if (!output.IsLive)
        {
            output.Out.WriteLine(string.Concat(_spans.Select(span => span.IsLearnt ? $"⟦{Printable(span.Text)}⟧" : Printable(span.Text))));
            return;
        }

        var paragraph = new Paragraph();
        foreach ((string text, bool isLearnt) in _spans)
        {
            paragraph.Append(Printable(text), new Style(isLearnt ? Color.Green : Color.Grey));
        }

        output.Console.Write(paragraph);
        output.Out.WriteLine();
    }

    private void Add(string text, bool isLearnt)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (_spans.Count > 0 && _spans[^1].IsLearnt == isLearnt)
        {
            _spans[^1] = (_spans[^1].Text + text, isLearnt);
        }
        else
        {
            _spans.Add((text, isLearnt));
        }
    }

    // Control characters in the data must not control the terminal.
    private static string Printable(string text)
    {
        var printable = new StringBuilder(text);
        for (int i = 0; i < printable.Length; i++)
        {
            if (char.IsControl(printable[i]) && printable[i] is not ('\n' or '\t'))
            {
                printable[i] = Unprintable;
            }
        }

        return printable.ToString();
    }
}
