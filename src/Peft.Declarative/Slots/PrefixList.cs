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
        if (IsEmpty)
        {
            return default;
        }

        VirtualTokenOffsets[] rows = [.. Segments.Select(segment => Offsets(attention, segment))];
        return new VirtualTokenOffsets(rows.Max(row => row.Keys), rows.Max(row => row.Positions));
    }

    /// <summary>The same for the rows of a segment.</summary>
    internal VirtualTokenOffsets Offsets(AttentionKind attention, RowSegment? segment) => IsEmpty ? default : new(
        For(attention, segment).Sum(prefix => prefix.Tokens),
        For(attention, segment).Where(prefix => prefix.TakesPositions).Sum(prefix => prefix.Tokens));

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

        RowRouting? routing = Routing.Current;
        IReadOnlyList<BlockPrefix>[] made =
        [
            .. from segment in Segments
               from prefix in For(attention, segment)
               select prefix.In(attention, blocks, type).Select(block => block with { Routing = routing, Segment = segment }).ToArray(),
        ];
        return made.Length == 0 ? null : [.. Enumerable.Range(0, blocks).Select(block => made.Select(prefix => prefix[block]).ToArray())];
    }

    private IEnumerable<Prefix> For(AttentionKind attention, RowSegment? segment) =>
        Of(segment).Where(prefix => prefix.Reaches(attention)).OrderBy(prefix => prefix.TakesPositions);
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
