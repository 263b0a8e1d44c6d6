using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Text.Patterns;

/// <summary>A pattern of a <c>tokenizer.json</c>: an Oniguruma expression, or literal text.</summary>
internal sealed class Pattern
{
    private readonly string _source;
    private readonly string? _literal;
    private readonly PatternStep[] _steps = [];
    private readonly int _registers;
    private readonly CodePointSet? _first;

    private Pattern(string source, string? literal)
    {
        _source = source;
        _literal = literal;
        if (literal is null)
        {
            PatternNode tree = PatternParser.Parse(source);
            (_steps, _registers) = PatternCompiler.Compile(source, tree);
            (CodePointSet start, bool empty) = PatternAnalysis.Start(tree);
            _first = empty ? null : start;
        }
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="PatternSyntaxException">It cannot be read, or uses what is not supported.</exception>
    internal static Pattern Expression(string expression) => new(expression, literal: null);

    /// <summary>A pattern that matches literal text. Empty text matches between any two characters, as an empty expression does.</summary>
    internal static Pattern Literal(string text) => text.Length == 0 ? Expression("") : new Pattern(text, text);

    /// <summary>Cuts the whole text into matches and what lies between them. Empty text is one segment that is no match.</summary>
    internal List<PatternSegment> Split(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return [new PatternSegment(0, 0, IsMatch: false)];
        }

        List<PatternSegment> cut = [];
        int previous = 0;
        if (_literal is null)
        {
            CutByExpression(text, cut, ref previous);
        }
        else
        {
            CutByLiteral(text, _literal, cut, ref previous);
        }

        if (previous < text.Length)
        {
            cut.Add(new PatternSegment(previous, text.Length, IsMatch: false));
        }

        return cut;
    }

    private static void CutByLiteral(ReadOnlySpan<char> text, string literal, List<PatternSegment> cut, ref int previous)
    {
        while (text[previous..].IndexOf(literal, StringComparison.Ordinal) is >= 0 and int offset)
        {
            Append(cut, previous + offset, previous + offset + literal.Length, ref previous);
        }
    }

    private void CutByExpression(ReadOnlySpan<char> text, List<PatternSegment> cut, ref int previous)
    {
        var run = new PatternMatcher(_steps, _registers, text);
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

    private (int Start, int End) Find(ref PatternMatcher run, ReadOnlySpan<char> text, int from)
    {
        for (int start = from; start <= text.Length; start += UnitsAt(text, start))
        {
            if (_first is not null && (start == text.Length || !_first.Contains(CodePoints.At(text, start, out _))))
            {
                continue;
            }

            int end = run.MatchAt(start, from);
            if (run.Exhausted)
            {
                throw new PeftException(RuleIds.TokenizerUnusable, $"The pattern '{UntrustedText.Shown(_source)}' of tokenizer.json takes too long on a text of "
                    + FormattableString.Invariant($"{text.Length:N0} characters (stopped at character {start:N0}). Split the text, or use another tokenizer."));
            }

            if (end >= 0)
            {
                return (start, end);
            }
        }

        return (-1, -1);
    }

    private static void Append(List<PatternSegment> cut, int start, int end, ref int previous)
    {
        if (start > previous)
        {
            cut.Add(new PatternSegment(previous, start, IsMatch: false));
        }

        cut.Add(new PatternSegment(start, end, IsMatch: true));
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

/// <summary>Part of a text, in UTF-16 units, that a pattern matched or that lies between two matches.</summary>
internal readonly record struct PatternSegment(int Start, int End, bool IsMatch);

/// <summary>A pattern that cannot be read; its caller adds where in the file it is.</summary>
internal sealed class PatternSyntaxException(string pattern, int position, string problem)
    : Exception($"pattern '{pattern}' at character {position + 1}: {problem}");
