using Peft.Declarative.Targeting;
using Peft.Declarative.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// A decoder that predicts the next token: embedding, learned tokens before the text if an adapter asks for them, blocks, head. Families fill
/// in the four steps; positions, masks, cache and adapters are the same for all of them and live here.
/// </summary>
public abstract class CausalLanguageModel : PretrainedModel
{
    /// <summary>Makes the shell of a model.</summary>
    /// <param name="config">Sizes and token ids.</param>
    protected CausalLanguageModel(ModelConfig config)
        : base(nameof(CausalLanguageModel), config)
    {
    }

    /// <inheritdoc/>
    public override string TaskType => "CAUSAL_LM";

    /// <summary>Logits [batch, virtual tokens + time, vocabulary] of token ids [batch, time].</summary>
    public Tensor forward(Tensor inputIds) => Logits(new ModelInput(inputIds));

    /// <summary>
    /// Logits [batch, positions, vocabulary]. Virtual tokens have logits of their own, before those of the text, except when earlier tokens
    /// are in the cache; with <see cref="ModelInput.LastOnly"/> there is one position.
    /// </summary>
    public Tensor Logits(ModelInput input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = HiddenStates(input);
        if (input.LastOnly)
        {
            hidden = hidden.narrow(1, hidden.size(1) - 1, 1);
        }

        return Head(hidden).MoveToOuterDisposeScope();
    }

    /// <summary>What the head reads, [batch, positions, hidden]; positions as in <see cref="Logits"/>, all of them.</summary>
    internal Tensor HiddenStates(ModelInput input)
    {
        using DisposeScope scope = NewDisposeScope();
        long past = input.Cache?.Length ?? 0;
        Tensor text = Embed(input.InputIds).to(ComputeType);
        Tensor hidden = past == 0 ? prompts.Prepend(text) : text;
        int virtualTokens = past == 0 ? prompts.ActiveTokens : input.Cache!.VirtualTokens;
        if (input.Cache is { } cache)
        {
            cache.VirtualTokens = virtualTokens;
        }

        long time = hidden.size(1);
        Tensor positions = Positions(input, past, time, virtualTokens);
        Tensor? padding = virtualTokens > 0 ? prompts.PrependMask(input.AttentionMask, virtualTokens) : input.AttentionMask;
        AttentionMask mask = AttentionMask.Decoder(padding, time, past + time, SlidingWindow, ComputeType, hidden.device, input.SegmentIds);

        return Blocks(PlacePositions(hidden, positions), positions, mask, input.Cache).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of hidden states [batch, positions, hidden].</summary>
    internal Tensor LogitsOf(Tensor hidden) => Head(hidden);

    /// <summary>
    /// Sum of the next-token losses of a micro-batch; divide by the number of labels of the whole batch for the mean. Learned tokens have no
    /// labels, but the last of them predicts the first token of the text; see <see cref="PredictsFirstToken"/>.
    /// </summary>
    public override Tensor SumLoss(MicroBatch micro)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = HiddenStates(new ModelInput(micro.InputIds)
        {
            AttentionMask = micro.AttentionMask,
            PositionIds = micro.PositionIds,
            SegmentIds = micro.SegmentIds,
        });
        (Tensor rows, Tensor targets) = LabelledRows.Of(hidden, micro, prompts.ActiveTokens);
        return HeadLoss.Sum(rows, targets, Head).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the first token of a text has something before it that predicts it, so that its label counts.</summary>
    public override bool PredictsFirstToken => prompts.ActiveTokens > 0;

    /// <inheritdoc/>
    public override string? PackingObstacle => prompts.ActiveTokens > 0
        ? Combinations.Conflict([Combinations.PutsTokensBeforeText], [Combinations.PacksTexts])
        : null;

    /// <summary>Keys at this distance and further back are hidden from a query; null for none.</summary>
    protected virtual int? SlidingWindow => null;

    /// <summary>Adds what the family adds to the vectors for their places (learned positions); nothing for rotary models.</summary>
    protected virtual Tensor PlacePositions(Tensor hidden, Tensor positions) => hidden;

    /// <summary>Runs all blocks and the last norm.</summary>
    protected abstract Tensor Blocks(Tensor hidden, Tensor positions, AttentionMask mask, KeyValueCache? cache);

    /// <summary>Logits of the last hidden states.</summary>
    protected abstract Tensor Head(Tensor hidden);

    private static Tensor Positions(ModelInput input, long past, long time, int virtualTokens)
    {
        if (input.PositionIds is null)
        {
            return arange(past, past + time, dtype: ScalarType.Int64, device: input.InputIds.device).unsqueeze(0);
        }

        Tensor text = input.PositionIds + virtualTokens;
        if (past > 0 || virtualTokens == 0)
        {
            return text;
        }

        Tensor learned = arange(virtualTokens, dtype: ScalarType.Int64, device: text.device).expand(text.size(0), virtualTokens);
        return cat([learned, text], 1);
    }
}
