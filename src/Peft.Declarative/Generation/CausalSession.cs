using Peft.Declarative.BaseModels;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>A decoder with the padding, positions and cache of the rows that it continues.</summary>
internal sealed class CausalSession : DecodingSession
{
    private readonly CausalLanguageModel model;
    private readonly KeyValueCache? cache;
    private Tensor? mask;
    private Tensor? positions;
    private int processed;

    /// <summary>Takes the prompts and their padding; all room is taken at the start.</summary>
    internal CausalSession(CausalLanguageModel model, Tensor promptIds, Tensor? attentionMask, int limit, bool useCache)
        : base(promptIds, limit)
    {
        this.model = model;
        cache = useCache ? new KeyValueCache(model.Config.LayerCount) : null;
        if (attentionMask is not null)
        {
            // Rotary and learned positions count real tokens only, so that padding does not move the text.
            using DisposeScope scope = NewDisposeScope();
            mask = RowHistory.Grown(attentionMask, limit, fill: 1).DetachFromDisposeScope();
            positions = (mask.cumsum(1) - 1).clamp_min(0).DetachFromDisposeScope();
        }
    }

    internal override Tensor? Mask => mask?.narrow(1, 0, Length);

    private protected override Tensor HiddenStates()
    {
        int from = cache is null ? 0 : processed;
        processed = Length;
        return model.HiddenStates(new ModelInput(Ids.narrow(1, from, Length - from))
        {
            AttentionMask = Mask,
            PositionIds = positions?.narrow(1, from, Length - from),
            Cache = cache,
        });
    }

    private protected override Tensor LogitsOf(Tensor hidden) => model.LogitsOf(hidden);

    private protected override void ReorderState(Tensor rows)
    {
        RowHistory.Reorder(ref mask, rows);
        RowHistory.Reorder(ref positions, rows);
        cache?.Reorder(rows);
    }

    public override void Dispose()
    {
        base.Dispose();
        cache?.Dispose();
        mask?.Dispose();
        positions?.Dispose();
    }
}
