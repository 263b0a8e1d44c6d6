using Peft.Declarative.BaseModels;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>A decoder with the padding, positions and cache of the rows that it continues.</summary>
internal sealed class CausalState : IDecodingState
{
    private readonly CausalLanguageModel model;
    private readonly KeyValueCache? cache;
    private Tensor? mask;
    private Tensor? positions;
    private int processed;

    /// <summary>Takes the prompts' padding; all room is taken at the start.</summary>
    internal CausalState(CausalLanguageModel model, Tensor? attentionMask, int limit, bool useCache)
    {
        this.model = model;
        cache = useCache ? new KeyValueCache(model.Config.LayerCount) : null;
        if (attentionMask is not null)
        {
            // Rotary and learned positions count real tokens only, so that padding does not move the text.
            using DisposeScope scope = NewDisposeScope();
            mask = RowStore.Grown(attentionMask, limit, fill: 1).DetachFromDisposeScope();
            positions = (mask.cumsum(1) - 1).clamp_min(0).DetachFromDisposeScope();
        }
    }

    public Tensor? Mask(int length) => mask?.narrow(1, 0, length);

    public Tensor HiddenStates(Tensor ids)
    {
        int length = (int)ids.size(1);
        int from = cache is null ? 0 : processed;
        processed = length;
        return model.HiddenStates(new ModelInput(ids.narrow(1, from, length - from))
        {
            AttentionMask = Mask(length),
            PositionIds = positions?.narrow(1, from, length - from),
            Cache = cache,
        });
    }

    public Tensor LogitsOf(Tensor hidden) => model.LogitsOf(hidden);

    public void Reorder(Tensor rows)
    {
        RowStore.Reorder(ref mask, rows);
        RowStore.Reorder(ref positions, rows);
        cache?.Reorder(rows);
    }

    public void Dispose()
    {
        cache?.Dispose();
        mask?.Dispose();
        positions?.Dispose();
    }
}
