using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>
/// The prefixes of a model. Their keys precede those of the text: first the prefixes that occupy no positions, then the others, each in the order in
/// which they were added.
/// </summary>
public sealed class PrefixList : PartList<Prefix>
{
    internal PrefixList()
        : base(nameof(PrefixList))
    {
    }

    /// <summary>The number of keys and positions that the active prefixes add before the text in attention of a kind.</summary>
    internal VirtualTokenOffsets Offsets(AttentionKind attention)
    {
        (int keys, int positions) = (0, 0);
        foreach (RowSegment? segment in Segments)
        {
            VirtualTokenOffsets own = Offsets(attention, segment);
            (keys, positions) = (Math.Max(keys, own.Keys), Math.Max(positions, own.Positions));
        }

        return new VirtualTokenOffsets(keys, positions);
    }

    /// <summary>The same for the rows of a segment.</summary>
    internal VirtualTokenOffsets Offsets(AttentionKind attention, RowSegment? segment)
    {
        (int keys, int positions) = (0, 0);
        foreach (Prefix prefix in IsEmpty ? [] : For(attention, segment))
        {
            keys += prefix.Tokens;
            positions += prefix.TakesPositions ? prefix.Tokens : 0;
        }

        return new VirtualTokenOffsets(keys, positions);
    }

    /// <summary>The keys and values of each prefix that applies, for each block; <see langword="null"/> if none does.</summary>
    /// <param name="attention">The kind of attention.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="type">The type in which the base model computes.</param>
    internal IReadOnlyList<BlockPrefix>[]? Blocks(AttentionKind attention, int blocks, ScalarType type)
    {
        if (IsEmpty)
        {
            return null;
        }

        List<BlockPrefix>[]? made = null;
        foreach (RowSegment? segment in Segments)
        {
            foreach (Prefix prefix in For(attention, segment))
            {
                made ??= new List<BlockPrefix>[blocks];
                IReadOnlyList<BlockPrefix> own = prefix.In(attention, blocks, type);
                for (int block = 0; block < blocks; block++)
                {
                    (made[block] ??= []).Add(own[block] with { Routing = Routing.Current, Segment = segment });
                }
            }
        }

        return made;
    }

    private List<Prefix> For(AttentionKind attention, RowSegment? segment)
    {
        List<Prefix> found = [];
        foreach (bool takesPositions in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (Prefix prefix in Of(segment))
            {
                if (prefix.Reaches(attention) && prefix.TakesPositions == takesPositions)
                {
                    found.Add(prefix);
                }
            }
        }

        return found;
    }
}

/// <summary>The offsets of a text after virtual tokens and prefixes.</summary>
/// <param name="Keys">The number of keys before those of the text.</param>
/// <param name="Positions">The number of positions before the first token of the text. Less than the number of keys if a prefix occupies no positions.</param>
internal readonly record struct VirtualTokenOffsets(int Keys, int Positions)
{
    /// <summary>The number of first keys that have no position. Every query sees them.</summary>
    internal int KeysWithoutPosition => Keys - Positions;

    public static VirtualTokenOffsets operator +(VirtualTokenOffsets prefix, int tokens) => new(prefix.Keys + tokens, prefix.Positions + tokens);
}
