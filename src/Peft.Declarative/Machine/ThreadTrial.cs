namespace Peft.Declarative.Machine;

/// <summary>
/// Selects the number of threads for one kind of work by timing the work itself with other numbers in turn: after a start, when its pace has changed, and now
/// and then. A sample is long enough that what else the machine does falls into it.
/// </summary>
/// <param name="counts">The numbers to choose from, ascending.</param>
/// <param name="first">The index of the one to begin with.</param>
/// <param name="rest">The number of samples before the first comparison.</param>
internal sealed class ThreadTrial(IReadOnlyList<int> counts, int first, int rest)
{
    /// <summary>The number of samples between two comparisons, which doubles as long as nothing changes.</summary>
    internal const int LeastRest = 16;
    private const int MostRest = 512;

    // What is slower by this is not asked again, what is not faster by this does not replace what there is, and a pace that differs by this is another load.
    private const double Clearly = 1.4;
    private const double Gain = 1.05;
    private const double Changed = 1.5;

    private readonly Dictionary<int, (double Seconds, int Samples)> _times = [];
    private readonly Queue<int> _comparison = new();
    private int _rest = LeastRest;
    private int _left = rest;
    private int _since;       // the last comparison
    private double _pace;     // the seconds per unit after it; 0 before the first one
    private double _recent;   // the seconds per unit of the last samples, the later ones counting more
    private int _best = first;

    /// <summary>The number of threads for the next sample.</summary>
    internal int Count => counts[_comparison.TryPeek(out int compared) ? compared : _best];

    /// <summary>The number that is in use between comparisons.</summary>
    internal int Best => counts[_best];

    /// <summary>Takes the time of a sample, which ran on <see cref="Count"/> threads.</summary>
    /// <param name="secondsPerUnit">Its seconds, divided by the work that it did.</param>
    internal void Add(double secondsPerUnit)
    {
        if (_comparison.TryDequeue(out int compared))
        {
            (double seconds, int samples) = _times.GetValueOrDefault(compared);
            _times[compared] = (seconds + secondsPerUnit, samples + 1);
            DropWhatIsClearlySlower(compared);
            if (_comparison.Count == 0)
            {
                Decide();
            }

            return;
        }

        _since++;
        _left--;
        _recent = _recent == 0 ? secondsPerUnit : (_recent + secondsPerUnit) / 2;
        double change = _pace == 0 ? 1 : _recent / _pace;
        if (_left <= 0 || (_since >= LeastRest && (change > Changed || change < 1 / Changed)))
        {
            Compare();
        }
    }

    // The best, its neighbours, and back: a drift of the machine's speed then falls on all alike.
    private void Compare()
    {
        _times.Clear();
        int[] others = [.. new[] { _best - 1, _best + 1 }.Where(index => index >= 0 && index < counts.Count)];
        foreach (int index in others.Prepend(_best).Concat(others.Append(_best)))
        {
            _comparison.Enqueue(index);
        }
    }

    private void DropWhatIsClearlySlower(int index)
    {
        if (index != _best && Mean(index) > Clearly * Mean(_best) && _comparison.Contains(index))
        {
            int[] left = [.. _comparison.Where(other => other != index)];
            _comparison.Clear();
            Array.ForEach(left, _comparison.Enqueue);
        }
    }

    private void Decide()
    {
        int fastest = _times.Keys.MinBy(Mean);
        bool changes = Mean(fastest) * Gain < Mean(_best);
        _rest = changes ? LeastRest : Math.Min(MostRest, 2 * _rest);
        _best = changes ? fastest : _best;
        (_left, _since, _pace, _recent) = (_rest, 0, Mean(_best), 0);
    }

    private double Mean(int index) => _times[index].Seconds / _times[index].Samples;
}
