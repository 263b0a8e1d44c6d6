namespace Peft.Declarative.Text.Patterns;

/// <summary>What a pattern says, as a tree. Positions are between code points, never inside one.</summary>
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

    /// <summary>Matches once and is never tried again: <c>(?&gt;…)</c> and the possessive quantifiers.</summary>
    internal sealed record Atomic(PatternNode Body) : PatternNode;

    /// <summary>Looks at what follows (or precedes) without taking it.</summary>
    internal sealed record Look(PatternNode Body, bool Behind, bool Negative) : PatternNode;

    /// <summary>A condition on the position alone.</summary>
    internal sealed record At(Anchor Anchor) : PatternNode;
}
