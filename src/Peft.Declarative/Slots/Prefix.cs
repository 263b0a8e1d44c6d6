using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Learned keys and values that are prepended to those of the text in attention. Subclasses define how they are computed.</summary>
public abstract class Prefix : VirtualTokens
{
    private protected Prefix(string name, string adapter, int tokens)
        : base(name, adapter, tokens)
    {
    }

    /// <summary>
    /// Whether the prefix occupies the first positions. If so, the text begins after it and a sliding window moves past it. Otherwise, the text keeps its
    /// positions and every query sees the whole prefix.
    /// </summary>
    public abstract bool TakesPositions { get; }

    /// <summary>Determines whether the prefix applies to attention layers of a kind.</summary>
    /// <param name="attention">The kind of attention.</param>
    internal abstract bool Reaches(AttentionKind attention);

    /// <summary>Computes the keys and values for each block.</summary>
    /// <param name="attention">A kind of attention to which the prefix applies.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="type">The type in which the base model computes.</param>
    internal abstract IReadOnlyList<BlockPrefix> In(AttentionKind attention, int blocks, ScalarType type);
}
