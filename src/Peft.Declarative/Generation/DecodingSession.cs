using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>
/// Rows of ids that a model continues, with their padding, positions and cache. All room is taken at the start, so that a token costs no new memory.
/// </summary>
internal sealed class DecodingSession : IDisposable
{
    private readonly CausalLanguageModel model;
    private readonly KeyValueCache? cache;
    private Tensor ids;
    private Tensor? mask;
    private Tensor? positions;
    private int processed;

    /// <summary>Takes the prompts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="promptIds">Ids [rows, length], padded on the left.</param>
    /// <param name="attentionMask">0 on padding [rows, length]; null if there is none.</param>
    /// <param name="limit">Greatest length of a row.</param>
    /// <param name="useCache">Whether earlier tokens are kept or computed anew.</param>
    internal DecodingSession(CausalLanguageModel model, Tensor promptIds, Tensor? attentionMask, int limit, bool useCache)
    {
        this.model = model;
        cache = useCache ? new KeyValueCache(model.Config.LayerCount) : null;
        Length = (int)promptIds.size(1);
        using DisposeScope scope = NewDisposeScope();
        ids = Grown(promptIds, limit, fill: 0).DetachFromDisposeScope();
        if (attentionMask is not null)
        {
            // Rotary and learned positions count real tokens only, so that padding does not move the text.
            mask = Grown(attentionMask, limit, fill: 1).DetachFromDisposeScope();
            positions = (mask.cumsum(1) - 1).clamp_min(0).DetachFromDisposeScope();
        }
    }

    /// <summary>Where the rows are.</summary>
    internal Device Device => ids.device;

    /// <summary>Ids of a row so far, padding included.</summary>
    internal int Length { get; private set; }

    /// <summary>All rows so far [rows, length]; a view.</summary>
    internal Tensor Ids => ids.narrow(1, 0, Length);

    /// <summary>0 on padding [rows, length], or null; a view.</summary>
    internal Tensor? Mask => mask?.narrow(1, 0, Length);

    /// <summary>
    /// Runs what the model has not seen yet. Gives the logits of the next token, float32 [rows, vocabulary], and the hidden states that were
    /// computed, [rows, new positions, hidden].
    /// </summary>
    internal (Tensor Logits, Tensor Hidden) Forward()
    {
        int from = cache is null ? 0 : processed;
        ModelInput input = new(ids.narrow(1, from, Length - from))
        {
            AttentionMask = Mask,
            PositionIds = positions?.narrow(1, from, Length - from),
            Cache = cache,
        };
        processed = Length;
        Tensor hidden = model.HiddenStates(input);
        Tensor logits = model.LogitsOf(hidden.narrow(1, hidden.size(1) - 1, 1));
        return (logits.squeeze(1).to(ScalarType.Float32), hidden);
    }

    /// <summary>Adds one id to each row.</summary>
    internal void Append(ReadOnlySpan<long> next)
    {
        using Tensor column = tensor(next.ToArray(), device: ids.device);
        using Tensor place = ids.select(1, Length);
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
        using Tensor order = tensor(rows.ToArray(), device: ids.device);
        Replace(ref ids!, order);
        Replace(ref mask, order);
        Replace(ref positions, order);
        cache?.Reorder(order);
    }

    public void Dispose()
    {
        cache?.Dispose();
        ids.Dispose();
        mask?.Dispose();
        positions?.Dispose();
    }

    private static Tensor Grown(Tensor prompt, int limit, long fill)
    {
        Tensor grown = full([prompt.size(0), limit], fill, dtype: ScalarType.Int64, device: prompt.device);
        grown.narrow(1, 0, prompt.size(1)).copy_(prompt);
        return grown;
    }

    private static void Replace(ref Tensor? store, Tensor order)
    {
        if (store is null)
        {
            return;
        }

        Tensor selected = store.index_select(0, order).DetachFromDisposeScope();
        store.Dispose();
        store = selected;
    }
}
