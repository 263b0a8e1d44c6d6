using System.Text.RegularExpressions;
using Peft.Declarative.Templates.Values;

namespace Peft.Declarative.Templates.Builtins;

/// <summary>Python's <c>textwrap.wrap</c> as the filter calls it: tabs become blanks, blanks at line ends go, long words may be cut.</summary>
internal static partial class WordWrap
{
    /// <summary>The lines of one paragraph; an empty one gives one empty line.</summary>
    internal static IEnumerable<string> Lines(string text, int width, bool breakLongWords, bool breakOnHyphens)
    {
        if (width <= 0)
        {
            throw new TemplateError($"invalid width {width} (must be > 0)");
        }

        var chunks = new Stack<string>(Chunks(text.Replace('\t', ' '), breakOnHyphens).Reverse());
        List<string> lines = [];
        while (chunks.Count > 0)
        {
            List<string> line = TakeLine(chunks, width, breakLongWords, isFirst: lines.Count == 0);
            if (line.Count > 0)
            {
                lines.Add(string.Concat(line));
            }
        }

        return lines.Count == 0 ? [""] : lines;
    }

    private static List<string> TakeLine(Stack<string> chunks, int width, bool breakLongWords, bool isFirst)
    {
        List<string> line = [];
        int length = 0;
        if (!isFirst && chunks.Peek().AsSpan().IsWhiteSpace())
        {
            chunks.Pop();
        }

        while (chunks.TryPeek(out string? chunk) && length + CodePointText.Length(chunk) <= width)
        {
            line.Add(chunks.Pop());
            length += CodePointText.Length(chunk);
        }

        if (chunks.TryPeek(out string? longer) && CodePointText.Length(longer) > width)
        {
            if (breakLongWords)
            {
                int room = Math.Max(1, width - length);
                line.Add(CodePointText.Slice(longer, 0, room));
                chunks.Pop();
                chunks.Push(CodePointText.Slice(longer, room, int.MaxValue));
            }
            else if (line.Count == 0)
            {
                line.Add(chunks.Pop());
            }
        }

        if (line.Count > 0 && line[^1].AsSpan().IsWhiteSpace())
        {
            line.RemoveAt(line.Count - 1);
        }

        return line;
    }

    private static IEnumerable<string> Chunks(string text, bool breakOnHyphens) =>
        (breakOnHyphens ? BlanksAndHyphens() : Blanks()).Split(text).Where(chunk => chunk.Length > 0);

    // A word may end after a hyphen between letters.
    [GeneratedRegex(@"(\s+|(?<=[^\W\d_]-)(?=[^\W\d_]))", RegexOptions.CultureInvariant)]
    private static partial Regex BlanksAndHyphens();

    [GeneratedRegex(@"(\s+)", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
