using Peft.Declarative.BaseModels;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>An encoder-decoder with the encoded sources of the rows that it writes, and the caches of both kinds of attention.</summary>
internal sealed class EncoderDecoderState : IDecodingState
{
    private readonly EncoderDecoderModel model;
    private readonly KeyValueCache? cache;
    private readonly KeyValueCache? sourceCache;
    private Tensor? source;
    private Tensor? sourceMask;
    private int processed;

    /// <summary>Runs the encoder.</summary>
    internal EncoderDecoderState(EncoderDecoderModel model, Tensor promptIds, Tensor? attentionMask, bool useCache)
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

    public Tensor? Mask(int length) => null;

    public Tensor HiddenStates(Tensor ids)
    {
        int length = (int)ids.size(1);
        int from = cache is null ? 0 : processed;
        processed = length;
        var encoded = new EncoderOutput(source!, new AttentionMask(sourceMask, Causal: false)) { Cache = sourceCache };
        return model.DecoderStates(ids.narrow(1, from, length - from), encoded, cache);
    }

    public Tensor LogitsOf(Tensor hidden) => model.LogitsOf(hidden);

    public void Reorder(Tensor rows)
    {
        RowStore.Reorder(ref source, rows);
        RowStore.Reorder(ref sourceMask, rows);
        cache?.Reorder(rows);
        sourceCache?.Reorder(rows);
    }

    public void Dispose()
    {
        cache?.Dispose();
        sourceCache?.Dispose();
        source?.Dispose();
        sourceMask?.Dispose();
    }
}
