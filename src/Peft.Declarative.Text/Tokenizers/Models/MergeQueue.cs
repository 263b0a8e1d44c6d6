namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>
/// Merges the symbols of one word. A heap of candidate pairs over a linked list of symbols keeps the time near-linear in the length of the
/// word, which may be a megabyte; the order, rank first and then position, is the reference's.
/// </summary>
internal ref struct MergeQueue
{
    private readonly MergeTable merges;
    private readonly Span<int> symbols;
    private readonly Span<int> previous;
    private readonly Span<int> next;
    private PairHeap candidates;

    private MergeQueue(MergeTable merges, Span<int> symbols, Span<int> links)
    {
        this.merges = merges;
        this.symbols = symbols;
        previous = links[..symbols.Length];
        next = links[symbols.Length..];
        candidates = new PairHeap(symbols.Length);
    }

    /// <summary>Merges in place and returns how many symbols are left, at the front of the span.</summary>
    internal static int Merge(MergeTable merges, Span<int> symbols)
    {
        if (symbols.Length < 2)
        {
            return symbols.Length;
        }

        const int MostOnStack = 64;
        Span<int> links = symbols.Length <= MostOnStack ? stackalloc int[2 * symbols.Length] : new int[2 * symbols.Length];
        var queue = new MergeQueue(merges, symbols, links);
        queue.Link();
        queue.Drain();
        queue.candidates.Dispose();
        return queue.Compact();
    }

    private void Link()
    {
        for (int i = 0; i < symbols.Length; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1 < symbols.Length ? i + 1 : -1;
        }

        for (int i = 0; i < symbols.Length; i++)
        {
            Offer(i);
        }
    }

    private void Drain()
    {
        while (candidates.TryTake(out ulong candidate))
        {
            int position = (int)(candidate & uint.MaxValue);
            if (symbols[position] < 0 || next[position] < 0)
            {
                continue;
            }

            // A candidate is out of date when its symbols have changed since. The reference compares only what the pair makes, and so do we.
            int right = next[position];
            int merged = merges.MergedAt((int)(candidate >> 32));
            if (!merges.TryGet(symbols[position], symbols[right], out _, out int current) || current != merged)
            {
                continue;
            }

            symbols[position] = merged;
            symbols[right] = -1;
            next[position] = next[right];
            if (next[right] >= 0)
            {
                previous[next[right]] = position;
            }

            Offer(previous[position]);
            Offer(position);
        }
    }

    private void Offer(int position)
    {
        if (position >= 0 && next[position] >= 0
            && merges.TryGet(symbols[position], symbols[next[position]], out int rank, out _))
        {
            candidates.Add(((ulong)rank << 32) | (uint)position);
        }
    }

    private readonly int Compact()
    {
        int kept = 0;
        for (int i = 0; i >= 0; i = next[i])
        {
            symbols[kept++] = symbols[i];
        }

        return kept;
    }
}
