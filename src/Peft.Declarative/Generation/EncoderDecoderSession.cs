using Peft.Declarative.BaseModels;
using Peft.Declarative.Machine;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>An encoder-decoder with the encoder's output for the rows that it generates, and the caches of both kinds of attention.</summary>
internal sealed class EncoderDecoderSession : DecodingSession
{
    private readonly EncoderDecoderModel _model;
    private readonly KeyValueCache? _cache;
    private readonly KeyValueCache? _sourceCache;
    private Tensor? _source;
    private Tensor? _sourceMask;
    private int _processed;

    /// <summary>Runs the encoder.</summary>
    internal EncoderDecoderSession(EncoderDecoderModel model, Tensor promptIds, Tensor? attentionMask, int limit, bool useCache)
        : base(model, model.StartIds(promptIds.size(0)), limit)
    {
        _model = model;
        EncoderOutput encoded = model.Encode(promptIds, attentionMask);
        _source = encoded.Hidden.DetachFromDisposeScope();
        _sourceMask = encoded.Mask.Added?.DetachFromDisposeScope();
        if (useCache)
        {
            _cache = new KeyValueCache(model.DecoderLayerCount);
            _sourceCache = new KeyValueCache(model.DecoderLayerCount);
        }
    }

    private protected override Tensor HiddenStates()
    {
        int from = _cache is null ? 0 : _processed;
        _processed = Length;
        var encoded = new EncoderOutput(_source!, new AttentionMask(_sourceMask, Causal: false)) { Cache = _sourceCache };
        Tensor ids = Ids.narrow(1, from, Length - from);
        using ThreadedWork.Piece piece = _model.BeginForward(ids);
        return _model.DecoderStates(ids, encoded, _cache);
    }

    internal override void KeepToLast()
    {
        _cache?.Cut(Math.Max(0, _processed - (Length - 1)));
        _processed = Math.Min(_processed, Length - 1);
    }

    private protected override Tensor LogitsOf(Tensor hidden) => _model.LogitsOf(hidden);

    private protected override void ReorderState(Tensor rows)
    {
        RowHistory.Reorder(ref _source, rows);
        RowHistory.Reorder(ref _sourceMask, rows);
        _cache?.Reorder(rows);
        _sourceCache?.Reorder(rows);
    }

    public override void Dispose()
    {
        base.Dispose();
        _cache?.Dispose();
        _sourceCache?.Dispose();
        _source?.Dispose();
        _sourceMask?.Dispose();
    }
}
