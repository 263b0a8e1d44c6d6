using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Batching;

/// <summary>The prompts of a lane that are read, in the order in which they came. What is known of a prompt, or will be soon, is not read again.</summary>
/// <param name="model">The model.</param>
/// <param name="isMixed">Whether the rows name their adapters, and not the model the active one.</param>
/// <param name="known">The prompts that have been read.</param>
internal sealed class PromptQueue(CausalLanguageModel model, bool isMixed, PromptTree known)
{
    private readonly List<PromptReading> _readings = [];

    internal int Count => _readings.Count;

    internal IEnumerable<BatchRow> Rows => _readings.Select(reading => reading.Row);

    internal void Add(BatchRow row) => _readings.Add(new PromptReading(model, row, isMixed));

    /// <summary>Drops the prompts of rows that have ended.</summary>
    internal void DropEnded()
    {
        foreach (PromptReading reading in _readings.Where(reading => reading.Row.HasEnded).ToList())
        {
            Drop(reading);
        }
    }

    /// <summary>
    /// Reads prompts. The oldest one gets half of the tokens, so that it is read in the end; short ones come before long ones for the rest.
    /// </summary>
    /// <param name="most">The number of tokens that may be read.</param>
    /// <param name="moved">Receives the rows that have a first token or have failed.</param>
    /// <param name="join">Takes a row and its cache into the lane.</param>
    /// <returns>The number of tokens that were read.</returns>
    internal int Read(int most, List<BatchRow> moved, Action<PromptReading> join)
    {
        Prepare(moved);
        int tokens = most;
        bool first = true;
        while (tokens > 0 && _readings.Count > 0)
        {
            // The oldest one waits for no other.
            PromptReading next = first ? _readings[0] : _readings.Where(reading => reading.Leader is null).MinBy(reading => reading.Left)!;
            int piece = next.Piece(first && _readings.Count > 1 ? (tokens + 1) / 2 : tokens);
            (first, tokens) = (false, tokens - piece);
            if (BatchRow.Guard([next.Row], () => ReadPiece(next, piece, join)).Count == 0)
            {
                moved.AddRange(_readings.Where(reading => ReferenceEquals(reading.Leader, next)).ToList().SelectMany(CatchUp));
            }

            if (next.Left == 0 || next.Row.HasEnded)
            {
                moved.Add(next.Row);
                Drop(next);
            }

            Prepare(moved);
        }

        return most - tokens;
    }

    private void ReadPiece(PromptReading next, int piece, Action<PromptReading> join)
    {
        long before = next.Cache.Length;
        Tensor? logits = next.Read(piece);
        known.Positions += next.Cache.Length - before;
        if (logits is not null)
        {
            if (next.IsShareable)
            {
                known.Add(next.Row.Owner, [.. next.Row.Ids.Take(next.Row.PromptLength)], next.Cache);
            }

            TokenChoice.Add([next.Row], logits);
            join(next);
        }
    }

    private void Prepare(List<BatchRow> moved)
    {
        for (int i = 0; i < _readings.Count; i++)
        {
            PromptReading reading = _readings[i];
            if (!reading.IsPrepared && reading.IsShareable)
            {
                moved.AddRange(BatchRow.Guard([reading.Row], () => reading.Resume(known)));
                _readings.Take(i).ToList().ForEach(reading.Follow);
                moved.AddRange(CatchUp(reading));
            }

            reading.IsPrepared = true;
        }

        DropEnded();
    }

    private static IReadOnlyList<BatchRow> CatchUp(PromptReading reading) =>
        reading.Leader is { } leader && leader.Done >= reading.Shared ? BatchRow.Guard([reading.Row], reading.Catch) : [];

    private void Drop(PromptReading reading)
    {
        _readings.Remove(reading);
        reading.Dispose();
        _readings.Where(other => ReferenceEquals(other.Leader, reading)).ToList().ForEach(other => other.Forsake());
    }
}
