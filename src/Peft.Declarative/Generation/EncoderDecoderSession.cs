using Peft.Declarative.BaseModels;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>An encoder-decoder with the encoded sources of the rows that it writes, and the caches of both kinds of attention.</summary>
internal sealed class EncoderDecoderSession : DecodingSession
{
    private readonly EncoderDecoderModel model;
    private readonly KeyValueCache? cache;
    private readonly KeyValueCache? sourceCache;
    private Tensor? source;
    private Tensor? sourceMask;
    private int processed;

    /// <summary>Runs the encoder.</summary>
    internal EncoderDecoderSession(EncoderDecoderModel model, Tensor promptIds, Tensor? attentionMask, int limit, bool useCache)
        : base(model.StartIds(promptIds.size(0)), limit)
    {
        this.model = model;
        EncoderOutput encoded = model.Encode(promptIds, attentionMask);
        source = encoded.Hidden.DetachFromDisposeScope();
        sourceMask = encoded.Mask.Added?.DetachFromDisposeScope();
        if (useCache)
        {
            cache = new KeyValueCache(model.DecoderLayerCount);
            sourceCache = new KeyValueCache(model.DecoderLayerCount);
        }
    }

    private protected override Tensor HiddenStates()
    {
        int from = cache is null ? 0 : processed;
        processed = Length;
        var encoded = new EncoderOutput(source!, new AttentionMask(sourceMask, Causal: false)) { Cache = sourceCache };
        return model.DecoderStates(Ids.narrow(1, from, Length - from), encoded, cache);
    }

    private protected override Tensor LogitsOf(Tensor hidden) => model.LogitsOf(hidden);

    private protected override void ReorderState(Tensor rows)
    {
        RowHistory.Reorder(ref source, rows);
        RowHistory.Reorder(ref sourceMask, rows);
        cache?.Reorder(rows);
        sourceCache?.Reorder(rows);
    }

    public override void Dispose()
    {
        base.Dispose();
        cache?.Dispose();
        sourceCache?.Dispose();
        source?.Dispose();
        sourceMask?.Dispose();
    }
}
