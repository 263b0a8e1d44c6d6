using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>
/// A model with the rows of ids that it continues and their state. Memory is allocated at the start, so that a token needs no new memory.
/// </summary>
internal abstract class DecodingSession : IDisposable
{
    private const int FirstRoom = 1_024;

    private readonly AdapterSet _adapters;
    private readonly int _limit;
    private Tensor? _ids;

    /// <summary>Creates a session for the first ids.</summary>
    /// <param name="model">The model.</param>
    /// <param name="startIds">The ids [rows, length].</param>
    /// <param name="limit">The maximum length of a row.</param>
    private protected DecodingSession(PretrainedModel model, Tensor startIds, int limit)
    {
        _adapters = model.Adapters;
        Length = (int)startIds.size(1);
        _limit = limit;
        _ids = RowHistory.Grown(startIds, (int)Math.Min(limit, (long)Length + FirstRoom), fill: 0).DetachFromDisposeScope();
    }

    /// <summary>The device of the rows.</summary>
    internal Device Device => _ids!.device;

    /// <summary>The current length of a row, including padding.</summary>
    internal int Length { get; private set; }

    /// <summary>The current rows [rows, length], as a view.</summary>
    internal Tensor Ids => _ids!.narrow(1, 0, Length);

    /// <summary>0 for padding [rows, length], as a view; <see langword="null"/> if there is none.</summary>
    internal virtual Tensor? Mask => null;

    /// <summary>The number of passes of the model so far.</summary>
    internal int Passes { get; private set; }

    /// <summary>
    /// Runs the model on the new ids. Returns the logits of the next token, float32 [rows, vocabulary], and the computed hidden states [rows, new
    /// positions, hidden].
    /// </summary>
    /// <param name="draft">
    /// Ids that may follow the only row. The logits are then those after the row and after each of them, [draft + 1, vocabulary]. They are not appended.
    /// </param>
    internal (Tensor Logits, Tensor Hidden) Forward(params ReadOnlySpan<long> draft)
    {
        foreach (long id in draft)
        {
            Append([id]);
        }

        Tensor hidden = HiddenStates();
        Passes++;
        Length -= draft.Length;
        int predicting = draft.Length + 1;
        Tensor logits = LogitsOf(hidden.narrow(1, hidden.size(1) - predicting, predicting));
        return (logits.reshape(-1, logits.size(2)).to(ScalarType.Float32), hidden);
    }

    /// <summary>Drops the state of ids after the row's last but one: those of a draft that turned out otherwise.</summary>
    internal abstract void KeepToLast();

    /// <summary>Appends one id to each row.</summary>
    internal void Append(ReadOnlySpan<long> next)
    {
        MakeRoom();
        using Tensor column = tensor(next.ToArray(), device: Device);
        using Tensor target = _ids!.select(1, Length);
        target.copy_(column);
        Length++;
    }

    /// <summary>Replaces the ids that were appended last, for rows that have ended in between.</summary>
    internal void Overwrite(ReadOnlySpan<long> last)
    {
        Length--;
        Append(last);
    }

    /// <summary>Replaces the rows: each one is a copy of the old row with its index. An index can occur several times.</summary>
    internal void Reorder(ReadOnlySpan<long> rows)
    {
        using Tensor order = tensor(rows.ToArray(), device: Device);
        RowHistory.Reorder(ref _ids, order);
        ReorderState(order);
        _adapters.Routing.Select(rows);
    }

    public virtual void Dispose() => _ids?.Dispose();

    // A limit far above any text, as of a model without positions, would need more memory than there is.
    private void MakeRoom()
    {
        if (Length == _ids!.size(1) && Length < _limit)
        {
            Tensor grown = RowHistory.Grown(_ids, (int)Math.Min(_limit, 2L * Length), fill: 0).DetachFromDisposeScope();
            _ids.Dispose();
            _ids = grown;
        }
    }

    /// <summary>
    /// Runs the ids that have not been run yet, or all of them without a cache. Returns the computed hidden states [rows, new positions, hidden].
    /// </summary>
    private protected abstract Tensor HiddenStates();

    /// <summary>Computes the logits [rows, positions, vocabulary] of hidden states.</summary>
    private protected abstract Tensor LogitsOf(Tensor hidden);

    /// <summary>Replaces the state of the rows: each is a copy of that of the old row with its index, int64 [rows].</summary>
    private protected abstract void ReorderState(Tensor rows);
}
