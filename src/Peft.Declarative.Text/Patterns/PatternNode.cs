namespace Peft.Declarative.Text.Patterns;

/// <summary>The syntax tree of a pattern. Positions are between code points, never inside one.</summary>
internal abstract record PatternNode
{
    /// <summary>Nothing; always matches.</summary>
    internal sealed record Nothing : PatternNode;

    /// <summary>One code point out of a set.</summary>
    internal sealed record OneOf(CodePointSet Set) : PatternNode;

    /// <summary>One after the other.</summary>
    internal sealed record Chain(IReadOnlyList<PatternNode> Parts) : PatternNode;

    /// <summary>The first alternative that lets the whole pattern match.</summary>
    internal sealed record Choice(IReadOnlyList<PatternNode> Alternatives) : PatternNode;

    /// <summary>Between <paramref name="Min"/> and <paramref name="Max"/> times; no upper bound is <see cref="int.MaxValue"/>.</summary>
    internal sealed record Repeat(PatternNode Body, int Min, int Max, bool Lazy) : PatternNode;

    /// <summary>Matches once, without backtracking into it: <c>(?&gt;…)</c> and the possessive quantifiers.</summary>
    internal sealed record Atomic(PatternNode Body) : PatternNode;

    /// <summary>Tests what follows (or precedes) without consuming it.</summary>
    internal sealed record Look(PatternNode Body, bool Behind, bool Negative) : PatternNode;

    /// <summary>A condition on the position alone.</summary>
    internal sealed record At(Anchor Anchor) : PatternNode;
}

/// <summary>Properties of a part of a pattern that do not depend on the text.</summary>
internal static class PatternAnalysis
{
    /// <summary>Code points that a match can begin with, and whether it can be empty (the set is then meaningless).</summary>
    internal static (CodePointSet First, bool CanBeEmpty) Start(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.OneOf one:
                return (one.Set, false);
            case PatternNode.Atomic atomic:
                return Start(atomic.Body);
            case PatternNode.Repeat repeat:
                (CodePointSet first, bool empty) = Start(repeat.Body);
                return (first, empty || repeat.Min == 0);
            case PatternNode.Choice choice:
                var starts = choice.Alternatives.Select(Start).ToList();
                return (CodePointSet.OfRanges(starts.SelectMany(s => s.First.Ranges)), starts.Any(s => s.CanBeEmpty));
            case PatternNode.Chain chain:
                return StartOfChain(chain);
            default:
                return (CodePointSet.Empty, true); // conditions consume nothing
        }
    }

    /// <summary>Fewest and most code points of a match; no upper bound is <see cref="int.MaxValue"/>.</summary>
    internal static (long Min, long Max) Length(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.OneOf:
                return (1, 1);
            case PatternNode.Atomic atomic:
                return Length(atomic.Body);
            case PatternNode.Repeat repeat:
                (long min, long max) = Length(repeat.Body);
                return (Bounded(min * repeat.Min), repeat.Max == int.MaxValue && max > 0 ? int.MaxValue : Bounded(max * repeat.Max));
            case PatternNode.Choice choice:
                var lengths = choice.Alternatives.Select(Length).ToList();
                return (lengths.Min(l => l.Min), lengths.Max(l => l.Max));
            case PatternNode.Chain chain:
                return (Bounded(chain.Parts.Sum(p => Length(p).Min)), Bounded(chain.Parts.Sum(p => Length(p).Max)));
            default:
                return (0, 0);
        }
    }

    private static (CodePointSet First, bool CanBeEmpty) StartOfChain(PatternNode.Chain chain)
    {
        CodePointSet first = CodePointSet.Empty;
        foreach (PatternNode part in chain.Parts)
        {
            (CodePointSet next, bool empty) = Start(part);
            first = first.Union(next);
            if (!empty)
            {
                return (first, false);
            }
        }

        return (first, true);
    }

    private static long Bounded(long length) => Math.Min(length, int.MaxValue);
}
