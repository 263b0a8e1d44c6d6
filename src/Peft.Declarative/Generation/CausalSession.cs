using Peft.Declarative.BaseModels;
using Peft.Declarative.Machine;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>A decoder with the padding, positions and cache of the rows that it continues.</summary>
internal sealed class CausalSession : DecodingSession
{
    private readonly CausalLanguageModel _model;
    private readonly KeyValueCache? _cache;
    private Tensor? _mask;
    private Tensor? _positions;
    private int _processed;

    /// <summary>Creates a session for prompts with padding, and allocates the memory for the maximum length.</summary>
    internal CausalSession(CausalLanguageModel model, Tensor promptIds, Tensor? attentionMask, int limit, bool useCache)
        : base(model, promptIds, limit)
    {
        _model = model;
        _cache = useCache ? new KeyValueCache(model.Config.LayerCount) : null;
        if (attentionMask is not null)
        {
            // Rotary and absolute positions count real tokens only, so that padding does not shift the text.
            using DisposeScope scope = NewDisposeScope();
            _mask = RowHistory.Grown(attentionMask, limit, fill: 1).DetachFromDisposeScope();
            _positions = (_mask.cumsum(1) - Scalars.Of(1)).clamp_min(Scalars.Of(0)).DetachFromDisposeScope();
        }
    }

    internal override Tensor? Mask => _mask?.narrow(1, 0, Length);

    private protected override Tensor HiddenStates()
    {
        int from = _cache is null ? 0 : _processed;
        _processed = Length;
        Tensor ids = Ids.narrow(1, from, Length - from);
        using ThreadedWork.Piece piece = _model.BeginForward(ids);
        return _model.HiddenStates(new ModelInput(ids)
        {
            AttentionMask = Mask,
            PositionIds = _positions?.narrow(1, from, Length - from),
            Cache = _cache,
        });
    }

    internal override void KeepToLast()
    {
        _cache?.Cut(Math.Max(0, _processed - (Length - 1)));
        _processed = Math.Min(_processed, Length - 1);
    }

    private protected override Tensor LogitsOf(Tensor hidden) => _model.LogitsOf(hidden);

    private protected override void ReorderState(Tensor rows)
    {
        RowHistory.Reorder(ref _mask, rows);
        RowHistory.Reorder(ref _positions, rows);
        _cache?.Reorder(rows);
    }

    public override void Dispose()
    {
        base.Dispose();
        _cache?.Dispose();
        _mask?.Dispose();
        _positions?.Dispose();
    }
}
