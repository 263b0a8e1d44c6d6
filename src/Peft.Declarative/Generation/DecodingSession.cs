using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>A model with the rows of ids that it continues and what it remembers of them. Room is taken ahead, so that a token costs no new memory.</summary>
internal abstract class DecodingSession : IDisposable
{
    private const int FirstRoom = 1_024;

    private readonly AdapterSet _adapters;
    private readonly int _limit;
    private Tensor? _ids;

    /// <summary>Takes the first ids.</summary>
    /// <param name="model">The model.</param>
    /// <param name="startIds">Ids [rows, length].</param>
    /// <param name="limit">Greatest length of a row.</param>
    private protected DecodingSession(PretrainedModel model, Tensor startIds, int limit)
    {
        _adapters = model.Adapters;
        Length = (int)startIds.size(1);
        _limit = limit;
        _ids = RowHistory.Grown(startIds, (int)Math.Min(limit, (long)Length + FirstRoom), fill: 0).DetachFromDisposeScope();
    }

    /// <summary>Where the rows are.</summary>
    internal Device Device => _ids!.device;

    /// <summary>Ids of a row so far, padding included.</summary>
    internal int Length { get; private set; }

    /// <summary>All rows so far [rows, length]; a view.</summary>
    internal Tensor Ids => _ids!.narrow(1, 0, Length);

    /// <summary>0 on padding [rows, length], or null; a view.</summary>
    internal virtual Tensor? Mask => null;

    /// <summary>
    /// Runs what the model has not seen yet. Gives the logits of the next token, float32 [rows, vocabulary], and the hidden states that were
    /// computed, [rows, new positions, hidden].
    /// </summary>
    internal (Tensor Logits, Tensor Hidden) Forward()
    {
        Tensor hidden = HiddenStates();
        Tensor logits = LogitsOf(hidden.narrow(1, hidden.size(1) - 1, 1));
        return (logits.squeeze(1).to(ScalarType.Float32), hidden);
    }

    /// <summary>Adds one id to each row.</summary>
    internal void Append(ReadOnlySpan<long> next)
    {
        MakeRoom();
        using Tensor column = tensor(next.ToArray(), device: Device);
        using Tensor place = _ids!.select(1, Length);
        place.copy_(column);
        Length++;
    }

    /// <summary>Puts other ids in place of those added last, for rows that have ended meanwhile.</summary>
    internal void Overwrite(ReadOnlySpan<long> last)
    {
        Length--;
        Append(last);
    }

    /// <summary>Takes rows anew: each from the old row of this index, also several times.</summary>
    internal void Reorder(ReadOnlySpan<long> rows)
    {
        using Tensor order = tensor(rows.ToArray(), device: Device);
        RowHistory.Reorder(ref _ids, order);
        ReorderState(order);
        _adapters.Routing.Select(rows);
    }

    public virtual void Dispose() => _ids?.Dispose();

    // A limit far above any text, as of a model without positions, would take more memory than there is.
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
    /// Runs what has not been run yet, all of it without a cache. Gives the hidden states that were computed, [rows, new positions, hidden].
    /// </summary>
    private protected abstract Tensor HiddenStates();

    /// <summary>Logits [rows, positions, vocabulary] of hidden states.</summary>
    private protected abstract Tensor LogitsOf(Tensor hidden);

    /// <summary>Takes what is remembered of the rows anew: each from the old row of this index, int64 [rows].</summary>
    private protected abstract void ReorderState(Tensor rows);
}
