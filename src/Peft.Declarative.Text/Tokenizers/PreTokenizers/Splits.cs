using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Splits at the matches of a pattern, or, inverted, at the text between them.</summary>
internal sealed class PatternSplit(Pattern pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    internal static PatternSplit Read(JsonSection section) =>
        new(PatternReading.Read(section["pattern"]), PreTokenSplitter.ReadBehavior(section["behavior"]), section.Flag("invert", otherwise: false));

    public void Split(IReadOnlyList<PreToken> preTokens, List<PreToken> into)
    {
        foreach (PreToken preToken in preTokens)
        {
            List<PatternSegment> segments = pattern.Split(preToken.Span);
            if (invert)
            {
                segments = [.. segments.Select(segment => segment with { IsMatch = !segment.IsMatch })];
            }

            PreTokenSplitter.Split(preToken, segments, behavior, into);
        }
    }
}

/// <summary>Splits at every code point of a kind: each is a match of its own.</summary>
internal sealed class CharacterSplit(Func<int, bool> isMatch, SplitBehavior behavior) : IPreTokenizer
{
    public void Split(IReadOnlyList<PreToken> preTokens, List<PreToken> into)
    {
        List<PatternSegment> segments = [];
        foreach (PreToken preToken in preTokens)
        {
            segments.Clear();
            Find(preToken.Span, segments);
            PreTokenSplitter.Split(preToken, segments, behavior, into);
        }
    }

    private void Find(ReadOnlySpan<char> text, List<PatternSegment> segments)
    {
        int between = 0;
        for (int i = 0, units; i < text.Length; i += units)
        {
            if (!isMatch(CodePoints.At(text, i, out units)))
            {
                continue;
            }

            if (i > between)
            {
                segments.Add(new PatternSegment(between, i, IsMatch: false));
            }

            between = i + units;
            segments.Add(new PatternSegment(i, between, IsMatch: true));
        }

        if (between < text.Length)
        {
            segments.Add(new PatternSegment(between, text.Length, IsMatch: false));
        }
    }
}

/// <summary>Splits into pre-tokens with a fixed number of code points; the last may be shorter.</summary>
internal sealed class FixedLength(int length) : IPreTokenizer
{
    public void Split(IReadOnlyList<PreToken> preTokens, List<PreToken> into)
    {
        foreach (PreToken preToken in preTokens)
        {
            int start = 0;
            int count = 0;
            for (int i = 0, units; i < preToken.Length; i += units)
            {
                CodePoints.At(preToken.Span, i, out units);
                if (++count == length || i + units == preToken.Length)
                {
                    into.Add(preToken.Slice(start, i + units));
                    (start, count) = (i + units, 0);
                }
            }
        }
    }
}
