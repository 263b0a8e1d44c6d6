using System.Text.RegularExpressions;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Python's <c>textwrap.wrap</c> as the filter calls it: tabs stay, blanks at line ends go, long words may be cut.</summary>
internal static partial class WordWrap
{
    private const string Blanks = "\t\n\v\f\r ";

    /// <summary>The lines of one paragraph; an empty one gives one empty line.</summary>
    internal static IEnumerable<string> Lines(string text, int width, bool breakLongWords, bool breakOnHyphens)
    {
        if (width <= 0)
        {
            throw new TemplateError($"invalid width {width} (must be > 0)");
        }

        var chunks = new Stack<string>(Chunks(text, breakOnHyphens).Reverse());
        List<string> lines = [];
        while (chunks.Count > 0)
        {
            List<string> line = TakeLine(chunks, width, breakLongWords, breakOnHyphens, isFirst: lines.Count == 0);
            if (line.Count > 0)
            {
                lines.Add(string.Concat(line));
            }
        }

        return lines.Count == 0 ? [""] : lines;
    }

    private static List<string> TakeLine(Stack<string> chunks, int width, bool breakLongWords, bool breakOnHyphens, bool isFirst)
    {
        List<string> line = [];
        int length = 0;
        if (!isFirst && IsBlank(chunks.Peek()))
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
                int end = CutOf(longer, width - length, breakOnHyphens); // may be nothing, which then counts as the blank at the end
                line.Add(CodePointText.Slice(longer, 0, end));
                chunks.Pop();
                chunks.Push(CodePointText.Slice(longer, end, int.MaxValue));
            }
            else if (line.Count == 0)
            {
                line.Add(chunks.Pop());
            }
        }

        if (line.Count > 0 && IsBlank(line[^1]))
        {
            line.RemoveAt(line.Count - 1);
        }

        return line;
    }

    // After a hyphen rather than anywhere, if there is one with more than hyphens before it.
    private static int CutOf(string chunk, int room, bool breakOnHyphens)
    {
        string start = CodePointText.Slice(chunk, 0, room);
        int hyphen = breakOnHyphens && start.Length < chunk.Length ? start.LastIndexOf('-') : -1;
        return hyphen > 0 && start.AsSpan(0, hyphen).ContainsAnyExcept('-') ? CodePointText.Length(start[..hyphen]) + 1 : room;
    }

    private static bool IsBlank(string chunk) => chunk.All(PythonSpace.Is);

    private static IEnumerable<string> Chunks(string text, bool breakOnHyphens) =>
        (breakOnHyphens ? WordsAndHyphens() : BlankRuns()).Split(text).Where(chunk => chunk.Length > 0);

    // Python's own pattern: blanks, a dash between words, or a word up to a hyphen between letters, its end, or a dash.
    [GeneratedRegex(
        """([\t\n\v\f\r ]+|(?<=[\w!"'&.,?])-{2,}(?=\w)|[^\t\n\v\f\r ]+?(?:-(?:(?<=[^\d\W]{2}-)|(?<=[^\d\W]-[^\d\W]-))(?=[^\d\W]-?[^\d\W])|(?=[\t\n\v\f\r ]|\z)|(?<=[\w!"'&.,?])(?=-{2,}\w)))""",
        RegexOptions.CultureInvariant)]
    private static partial Regex WordsAndHyphens();

    [GeneratedRegex($"([{Blanks}]+)", RegexOptions.CultureInvariant)]
    private static partial Regex BlankRuns();
}
