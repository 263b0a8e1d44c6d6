namespace Peft.Declarative.Generation;

/// <summary>Finished texts of one prompt (and group), the best ones only.</summary>
/// <param name="capacity">How many are kept.</param>
/// <param name="lengthPenalty">Exponent of the length by which a sum of log-probabilities is divided.</param>
/// <param name="earlyStopping">When no better one is waited for.</param>
/// <param name="greatestLength">Most new tokens that a text can have.</param>
internal sealed class BeamHypotheses(int capacity, double lengthPenalty, EarlyStopping earlyStopping, int greatestLength)
{
    private readonly List<(double Score, long[] Ids)> _finished = [];
    private double _worst = 1e9;

    /// <summary>Whether no running beam can still matter.</summary>
    internal bool IsDone { get; private set; }

    internal IReadOnlyList<(double Score, long[] Ids)> Finished => _finished;

    /// <summary>Keeps a text if it is good enough.</summary>
    /// <param name="ids">Its ids without the one that ended it.</param>
    /// <param name="sum">Sum of the log-probabilities.</param>
    /// <param name="length">New tokens, the one that ended it included.</param>
    internal void Add(long[] ids, double sum, int length)
    {
        double score = Score(sum, length);
        if (_finished.Count >= capacity && score <= _worst)
        {
            return;
        }

        _finished.Add((score, ids));
        if (_finished.Count > capacity)
        {
            int least = Enumerable.Range(0, _finished.Count).MinBy(index => _finished[index].Score);
            _finished.RemoveAt(least);
            _worst = _finished.Min(text => text.Score);
        }
        else
        {
            _worst = Math.Min(score, _worst);
        }
    }

    /// <summary>Decides after a step whether to go on.</summary>
    /// <param name="bestSum">Greatest sum of log-probabilities among the candidates of this step.</param>
    /// <param name="length">New tokens of the running beams.</param>
    internal void Update(double bestSum, int length)
    {
        if (IsDone || _finished.Count < capacity)
        {
            return;
        }

        IsDone = earlyStopping switch
        {
            EarlyStopping.Immediate => true,
            EarlyStopping.Never when lengthPenalty > 0 => _worst >= Score(bestSum, greatestLength),   // the length at which it would score best
            _ => _worst >= Score(bestSum, length),
        };
    }

    private double Score(double sum, int length) => sum / Math.Pow(length, lengthPenalty);
}
