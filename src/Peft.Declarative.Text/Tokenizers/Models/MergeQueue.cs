namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>
/// Merges the symbols of one word. A heap of candidate pairs over a linked list of symbols keeps the time near-linear in the length of the
/// word, which may be a megabyte; the order, rank first and then position, is the reference's.
/// </summary>
internal ref struct MergeQueue
{
    private readonly MergeTable _merges;
    private readonly Span<int> _symbols;
    private readonly Span<int> _previous;
    private readonly Span<int> _next;
    private PairHeap _candidates;

    private MergeQueue(MergeTable merges, Span<int> symbols, Span<int> links)
    {
        _merges = merges;
        _symbols = symbols;
        _previous = links[..symbols.Length];
        _next = links[symbols.Length..];
        _candidates = new PairHeap(symbols.Length);
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
        queue._candidates.Dispose();
        return queue.Compact();
    }

    private void Link()
    {
        for (int i = 0; i < _symbols.Length; i++)
        {
            _previous[i] = i - 1;
            _next[i] = i + 1 < _symbols.Length ? i + 1 : -1;
        }

        for (int i = 0; i < _symbols.Length; i++)
        {
            Offer(i);
        }
    }

    private void Drain()
    {
        while (_candidates.TryTake(out ulong candidate))
        {
            int position = (int)(candidate & uint.MaxValue);
            if (_symbols[position] < 0 || _next[position] < 0)
            {
                continue;
            }

            // A candidate is out of date when its symbols have changed since. The reference compares only what the pair makes, and so do we.
            int right = _next[position];
            int merged = _merges.MergedAt((int)(candidate >> 32));
            if (!_merges.TryGet(_symbols[position], _symbols[right], out _, out int current) || current != merged)
            {
                continue;
            }

            _symbols[position] = merged;
            _symbols[right] = -1;
            _next[position] = _next[right];
            if (_next[right] >= 0)
            {
                _previous[_next[right]] = position;
            }

            Offer(_previous[position]);
            Offer(position);
        }
    }

    private void Offer(int position)
    {
        if (position >= 0 && _next[position] >= 0
            && _merges.TryGet(_symbols[position], _symbols[_next[position]], out int rank, out _))
        {
            _candidates.Add(((ulong)rank << 32) | (uint)position);
        }
    }

    private readonly int Compact()
    {
        int kept = 0;
        for (int i = 0; i >= 0; i = _next[i])
        {
            _symbols[kept++] = _symbols[i];
        }

        return kept;
    }
}
