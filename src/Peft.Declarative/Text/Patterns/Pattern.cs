using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Loading;

namespace Peft.Declarative.Text.Patterns;

/// <summary>A pattern of a <c>tokenizer.json</c>: an Oniguruma expression, or text that is looked for as it stands.</summary>
internal sealed class Pattern
{
    private readonly string source;
    private readonly string? literal;
    private readonly PatternStep[] steps = [];
    private readonly int registers;
    private readonly CodePointSet? first;

    private Pattern(string source, string? literal)
    {
        this.source = source;
        this.literal = literal;
        if (literal is null)
        {
            PatternNode tree = PatternParser.Parse(source);
            (steps, registers) = PatternCompiler.Compile(source, tree);
            (CodePointSet start, bool empty) = PatternShape.Start(tree);
            first = empty ? null : start;
        }
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="PatternSyntaxException">It cannot be read, or uses what is not supported.</exception>
    internal static Pattern Expression(string expression) => new(expression, literal: null);

    /// <summary>Text as it stands. No text at all is found between any two characters, as an empty expression is.</summary>
    internal static Pattern Literal(string text) => text.Length == 0 ? Expression("") : new Pattern(text, text);

    /// <summary>Cuts the whole text into matches and what lies between them. Empty text is one stretch that is no match.</summary>
    internal List<Stretch> Cut(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return [new Stretch(0, 0, IsMatch: false)];
        }

        List<Stretch> cut = [];
        int previous = 0;
        if (literal is null)
        {
            CutByExpression(text, cut, ref previous);
        }
        else
        {
            CutByLiteral(text, literal, cut, ref previous);
        }

        if (previous < text.Length)
        {
            cut.Add(new Stretch(previous, text.Length, IsMatch: false));
        }

        return cut;
    }

    private static void CutByLiteral(ReadOnlySpan<char> text, string literal, List<Stretch> cut, ref int previous)
    {
        while (text[previous..].IndexOf(literal, StringComparison.Ordinal) is >= 0 and int offset)
        {
            Append(cut, previous + offset, previous + offset + literal.Length, ref previous);
        }
    }

    private void CutByExpression(ReadOnlySpan<char> text, List<Stretch> cut, ref int previous)
    {
        var run = new PatternRun(steps, registers, text);
        int from = 0;
        int lastEnd = -1;
        while (from <= text.Length)
        {
            (int start, int end) = Find(ref run, text, from);
            if (start < 0)
            {
                return;
            }

            if (end == start && end == lastEnd)
            {
                from = end + UnitsAt(text, end); // an empty match right after a match does not count
                continue;
            }

            Append(cut, start, end, ref previous);
            from = lastEnd = end;
        }
    }

    private (int Start, int End) Find(ref PatternRun run, ReadOnlySpan<char> text, int from)
    {
        for (int start = from; start <= text.Length; start += UnitsAt(text, start))
        {
            if (first is not null && (start == text.Length || !first.Contains(CodePoints.At(text, start, out _))))
            {
                continue;
            }

            int end = run.MatchAt(start, from);
            if (run.Exhausted)
            {
                throw new PeftException(TokenizerProblem.Id, $"The pattern '{UntrustedText.Shown(source)}' of tokenizer.json takes too long on a text of "
                    + $"{text.Length:N0} characters (stopped at character {start:N0}). Split the text, or use another tokenizer.");
            }

            if (end >= 0)
            {
                return (start, end);
            }
        }

        return (-1, -1);
    }

    private static void Append(List<Stretch> cut, int start, int end, ref int previous)
    {
        if (start > previous)
        {
            cut.Add(new Stretch(previous, start, IsMatch: false));
        }

        cut.Add(new Stretch(start, end, IsMatch: true));
        previous = end;
    }

    private static int UnitsAt(ReadOnlySpan<char> text, int position)
    {
        if (position >= text.Length)
        {
            return 1;
        }

        CodePoints.At(text, position, out int units);
        return units;
    }
}
