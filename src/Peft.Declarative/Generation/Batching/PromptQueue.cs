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
        foreach (PromptReading reading in _readings.Where(reading => reading.Row.NewLength > 0).ToList())
        {
            join(reading);
            Drop(reading);
        }

        Prepare(moved);
        int tokens = most;
        for (bool first = true; Next(first) is { } next && (tokens > 0 || next.Left == 0); first = false)
        {
            int piece = next.Piece(first && _readings.Count > 1 ? (tokens + 1) / 2 : tokens);
            tokens -= piece;
            if (BatchRow.Guard([next.Row], () => ReadPiece(next, piece, join)).Count == 0)
            {
                moved.AddRange(_readings.Where(reading => ReferenceEquals(reading.Leader, next)).ToList().SelectMany(CatchUp));
            }

            if (next.Row.NewLength > 0 || next.Row.HasEnded)
            {
                moved.Add(next.Row);
            }
            else if (next.Left == 0)
            {
                Drop(next);
            }

            Prepare(moved);
        }

        return most - tokens;
    }

    // The oldest one waits for no other.
    private PromptReading? Next(bool first)
    {
        IEnumerable<PromptReading> open = _readings.Where(reading => reading.Leader is null && reading.Row.NewLength == 0);
        return first ? open.FirstOrDefault() : open.MinBy(reading => reading.Left);
    }

    // A row joins before its last token is computed. One that has its first token already joins in the next step, or it would get a second one in this.
    private void ReadPiece(PromptReading next, int piece, Action<PromptReading> join)
    {
        long before = next.Cache.Length;
        Tensor? logits = piece == 0 ? null : next.Read(piece);
        known.Positions += next.Cache.Length - before;
        if (next.Left > 0)
        {
            return;
        }

        next.Complete();
        if (next.IsShareable)
        {
            known.Add(next.Row.Owner, [.. next.Row.Ids.Take(next.Done)], next.Cache);
        }

        if (logits is null)
        {
            known.Positions++;   // the last one, which is computed with the tokens of the other rows
            join(next);
        }
        else
        {
            TokenChoice.Add([next.Row], logits);
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
