using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Prefixes on one model. Their keys stand before those of the text: first those without positions, then in the order in which they were added.</summary>
public sealed class PrefixList : PartList<Prefix>
{
    internal PrefixList()
        : base(nameof(PrefixList))
    {
    }

    /// <summary>What the active prefixes put before the text in one kind of attention.</summary>
    internal VirtualTokenOffsets Places(AttentionKind attention) => new(
        In(attention).Sum(prefix => prefix.Tokens),
        In(attention).Where(prefix => prefix.TakesPositions).Sum(prefix => prefix.Tokens));

    /// <summary>Keys and values of the active prefixes: for each block those of each prefix; null if there are none.</summary>
    /// <param name="attention">Which attention of the blocks.</param>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="type">Type in which the base computes.</param>
    internal IReadOnlyList<BlockPrefix>[]? Blocks(AttentionKind attention, int blocks, ScalarType type)
    {
        IReadOnlyList<BlockPrefix>[] made = [.. In(attention).Select(prefix => prefix.In(attention, blocks, type))];
        return made.Length == 0 ? null : [.. Enumerable.Range(0, blocks).Select(block => made.Select(prefix => prefix[block]).ToArray())];
    }

    private IEnumerable<Prefix> In(AttentionKind attention) =>
        Active.Where(prefix => prefix.Reaches(attention)).OrderBy(prefix => prefix.TakesPositions);
}
