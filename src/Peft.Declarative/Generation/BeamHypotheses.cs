namespace Peft.Declarative.Generation;

/// <summary>The best finished hypotheses of one prompt (and group).</summary>
/// <param name="capacity">The maximum number of hypotheses.</param>
/// <param name="lengthPenalty">The exponent of the length by which a sum of log-probabilities is divided.</param>
/// <param name="earlyStopping">The condition for stopping.</param>
/// <param name="greatestLength">The maximum number of new tokens of a text.</param>
internal sealed class BeamHypotheses(int capacity, double lengthPenalty, EarlyStopping earlyStopping, int greatestLength)
{
    private readonly List<(double Score, long[] Ids)> _finished = [];
    private double _worst = 1e9;

    /// <summary>Whether no running beam can change the result any more.</summary>
    internal bool IsDone { get; private set; }

    internal IReadOnlyList<(double Score, long[] Ids)> Finished => _finished;

    /// <summary>Adds a hypothesis if it is among the best ones.</summary>
    /// <param name="ids">Its ids, without the one that ended it.</param>
    /// <param name="sum">The sum of its log-probabilities.</param>
    /// <param name="length">The number of new tokens, including the one that ended it.</param>
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

    /// <summary>Updates <see cref="IsDone"/> after a step.</summary>
    /// <param name="bestSum">The greatest sum of log-probabilities among the candidates of this step.</param>
    /// <param name="length">The number of new tokens of the running beams.</param>
    internal void Update(double bestSum, int length)
    {
        if (IsDone || _finished.Count < capacity)
        {
            return;
        }

        IsDone = earlyStopping switch
        {
            EarlyStopping.Immediate => true,
            EarlyStopping.Never when lengthPenalty > 0 => _worst >= Score(bestSum, greatestLength),   // the length with the best score
            _ => _worst >= Score(bestSum, length),
        };
    }

    private double Score(double sum, int length) => sum / Math.Pow(length, lengthPenalty);
}
