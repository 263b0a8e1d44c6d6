using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Rows;

/// <summary>
/// The keys and positions before the text in one kind of attention. In a mixed batch they differ from row to row. All rows then have as many places as the
/// longest one needs; what a row does not use lies on the left of its own and is hidden: [prefix keys] [virtual tokens] text.
/// </summary>
internal sealed class RowOffsets : IDisposable
{
    private enum Plane
    {
        Positions, Gap, FirstKey, EndOfFreeKeys, Kind,
    }

    private readonly Device? _device;
    private Tensor? _planes;    // int64 [planes, batch]; null if all rows are alike

    private RowOffsets(VirtualTokenOffsets prefix, int tokens, IReadOnlyList<(int FreeKeys, int Gap)> kinds, Device? device, Tensor? planes)
    {
        (Prefix, Tokens, Kinds, _device, _planes) = (prefix, tokens, kinds, device, planes);
    }

    /// <summary>No keys and positions.</summary>
    internal static RowOffsets None { get; } = new(default, 0, [default], null, null);

    /// <summary>Whether rows differ.</summary>
    internal bool IsRagged => _planes is not null;

    /// <summary>The keys and positions of the longest prefixes.</summary>
    internal VirtualTokenOffsets Prefix { get; }

    /// <summary>The virtual tokens of the longest prompt.</summary>
    internal int Tokens { get; }

    /// <summary>All keys before the text.</summary>
    internal int Keys => Prefix.Keys + Tokens;

    /// <summary>
    /// What rows can differ in beyond what they use, each once: the number of their keys without position, and the places between their prefix and their first
    /// virtual token.
    /// </summary>
    internal IReadOnlyList<(int FreeKeys, int Gap)> Kinds { get; }

    /// <summary>The positions before the text, if all rows are alike.</summary>
    internal int Positions => Prefix.Positions + Tokens;

    /// <summary>The positions before each row's text [batch, 1].</summary>
    internal Tensor RowPositions => Column(Plane.Positions);

    /// <summary>The index in <see cref="Kinds"/> of each row [batch].</summary>
    internal Tensor RowKinds => _planes!.select(0, (int)Plane.Kind);

    /// <summary>The places between a row's prefix and its first virtual token [batch, 1, 1, 1].</summary>
    internal Tensor RowGaps => Column(Plane.Gap).view(-1, 1, 1, 1);

    /// <summary>The first place after a row's keys without position [batch, 1, 1, 1].</summary>
    internal Tensor EndOfFreeKeys => Column(Plane.EndOfFreeKeys).view(-1, 1, 1, 1);

    /// <summary>Determines the offsets of the current pass.</summary>
    /// <param name="prompts">The prompts of the model; <see langword="null"/> if they precede no text of this kind.</param>
    /// <param name="prefixes">Its prefixes.</param>
    /// <param name="attention">The kind of attention.</param>
    /// <param name="device">The device of the model.</param>
    internal static RowOffsets Of(PromptList? prompts, PrefixList prefixes, AttentionKind attention, Device device)
    {
        if (prefixes.IsEmpty && prompts is null or { IsEmpty: true })
        {
            return new RowOffsets(default, 0, None.Kinds, device, null);
        }

        IReadOnlyList<RowSegment?> segments = prefixes.Segments;
        if (segments.Count > 1)
        {
            return OfRows(prompts, prefixes, attention, device);
        }

        VirtualTokenOffsets prefix = prefixes.Offsets(attention, segments[0]);
        return new RowOffsets(prefix, prompts?.TokensOf(segments[0]) ?? 0, [(prefix.KeysWithoutPosition, 0)], device, null);
    }

    private static RowOffsets OfRows(PromptList? prompts, PrefixList prefixes, AttentionKind attention, Device device)
    {
        IReadOnlyList<RowSegment?> segments = prefixes.Segments;
        (VirtualTokenOffsets Prefix, int Tokens)[] own = [.. segments.Select(segment => (prefixes.Offsets(attention, segment), prompts?.TokensOf(segment) ?? 0))];
        var longest = new VirtualTokenOffsets(own.Max(row => row.Prefix.Keys), own.Max(row => row.Prefix.Positions));
        int tokens = own.Max(row => row.Tokens);
        if (own.Distinct().Count() == 1)
        {
            return new RowOffsets(longest, tokens, [(longest.KeysWithoutPosition, 0)], device, null);
        }

        (int FreeKeys, int Gap)[] kindOf = [.. own.Select(row => (row.Prefix.KeysWithoutPosition, tokens - row.Tokens))];
        (int FreeKeys, int Gap)[] kinds = [.. kindOf.Distinct()];
        int batch = segments.Sum(segment => segment!.Rows.Count);
        long[] planes = new long[Enum.GetValues<Plane>().Length * batch];
        for (int i = 0; i < own.Length; i++)
        {
            foreach (int row in segments[i]!.Rows)
            {
                void Set(Plane plane, int value) => planes[((int)plane * batch) + row] = value;
                Set(Plane.Positions, own[i].Prefix.Positions + own[i].Tokens);
                Set(Plane.Gap, tokens - own[i].Tokens);
                Set(Plane.FirstKey, longest.Keys - own[i].Prefix.Keys);
                Set(Plane.EndOfFreeKeys, longest.Keys - own[i].Prefix.Positions);
                Set(Plane.Kind, Array.IndexOf(kinds, kindOf[i]));
            }
        }

        return new RowOffsets(longest, tokens, kinds, device, tensor(planes, [planes.Length / batch, batch], device: device));
    }

    /// <summary>The offsets of rows whose keys before the text are part of it, except that no window hides those without a position.</summary>
    /// <param name="endOfFreeKeys">The first place after the keys without position of each row.</param>
    /// <param name="device">The device of the model.</param>
    internal static RowOffsets Within(IReadOnlyList<long> endOfFreeKeys, Device device)
    {
        int planes = Enum.GetValues<Plane>().Length, batch = endOfFreeKeys.Count;
        long[] values = new long[planes * batch];
        for (int row = 0; row < batch; row++)
        {
            values[((int)Plane.EndOfFreeKeys * batch) + row] = endOfFreeKeys[row];
        }

        return new RowOffsets(default, 0, [default], device, tensor(values, [planes, batch], device: device));
    }

    /// <summary>1 where a row uses a place before the text, [batch, prefix keys + virtual tokens].</summary>
    internal Tensor Used()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor place = Scalars.Range(0, Keys, _device).unsqueeze(0);
        Tensor token = place.ge(Scalars.Of(Prefix.Keys));
        Tensor first = where(token, Column(Plane.Gap).add(Scalars.Of(Prefix.Keys), Scalars.One), Column(Plane.FirstKey));
        return place.ge(first).to(ScalarType.Int64).MoveToOuterDisposeScope();
    }

    /// <summary>Takes rows anew: each from the old row of this index.</summary>
    internal void Reorder(Tensor rows)
    {
        if (_planes is { } former)
        {
            _planes = former.index_select(1, rows).DetachFromDisposeScope();
            former.Dispose();
        }
    }

    /// <summary>Takes the tensors out of the dispose scope, for what outlives it.</summary>
    internal RowOffsets Kept()
    {
        _planes?.DetachFromDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose() => _planes?.Dispose();

    private Tensor Column(Plane plane) => _planes!.select(0, (int)plane).unsqueeze(1);
}
