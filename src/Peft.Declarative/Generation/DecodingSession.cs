using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>Rows of ids that a model continues. All room is taken at the start, so that a token costs no new memory.</summary>
internal sealed class DecodingSession : IDisposable
{
    private readonly IDecodingState state;
    private Tensor? ids;

    /// <summary>Takes the first ids.</summary>
    /// <param name="state">The model, ready to continue these rows; the session disposes it.</param>
    /// <param name="startIds">Ids [rows, length].</param>
    /// <param name="limit">Greatest length of a row.</param>
    internal DecodingSession(IDecodingState state, Tensor startIds, int limit)
    {
        this.state = state;
        Length = (int)startIds.size(1);
        ids = RowStore.Grown(startIds, limit, fill: 0).DetachFromDisposeScope();
    }

    /// <summary>Where the rows are.</summary>
    internal Device Device => ids!.device;

    /// <summary>Ids of a row so far, padding included.</summary>
    internal int Length { get; private set; }

    /// <summary>All rows so far [rows, length]; a view.</summary>
    internal Tensor Ids => ids!.narrow(1, 0, Length);

    /// <summary>0 on padding [rows, length], or null; a view.</summary>
    internal Tensor? Mask => state.Mask(Length);

    /// <summary>
    /// Runs what the model has not seen yet. Gives the logits of the next token, float32 [rows, vocabulary], and the hidden states that were
    /// computed, [rows, new positions, hidden].
    /// </summary>
    internal (Tensor Logits, Tensor Hidden) Forward()
    {
        Tensor hidden = state.HiddenStates(Ids);
        Tensor logits = state.LogitsOf(hidden.narrow(1, hidden.size(1) - 1, 1));
        return (logits.squeeze(1).to(ScalarType.Float32), hidden);
    }

    /// <summary>Adds one id to each row.</summary>
    internal void Append(ReadOnlySpan<long> next)
    {
        using Tensor column = tensor(next.ToArray(), device: Device);
        using Tensor place = ids!.select(1, Length);
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
        RowStore.Reorder(ref ids, order);
        state.Reorder(order);
    }

    public void Dispose()
    {
        state.Dispose();
        ids?.Dispose();
    }
}
