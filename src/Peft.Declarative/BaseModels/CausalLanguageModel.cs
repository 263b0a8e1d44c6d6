using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative;

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
        Tensor text = embedding_adapters.Apply(Embed(input.InputIds).to(ComputeType));
        Tensor hidden = past == 0 ? prompts.Prepend(text) : text;
        VirtualTokenOffsets prefix = prefixes.Places(AttentionKind.Decoder);
        VirtualTokenOffsets before = past == 0 ? prefix + prompts.ActiveTokens : input.Cache!.Before;
        if (input.Cache is { } cache)
        {
            cache.Before = before;
        }

        long time = hidden.size(1);
        long keys = (past == 0 ? prefix.Slots : past) + time;   // the cache holds the prefix too
        Tensor positions = Positions(input, keys - time - before.Unplaced, time, before.Positions);
        Tensor? padding = AttentionMask.Behind(input.AttentionMask, before.Slots);
        var context = new AttentionContext
        {
            Mask = AttentionMask.Decoder(padding, time, keys, SlidingWindow, ComputeType, hidden.device, before.Unplaced, input.SegmentIds),
            Cache = input.Cache,
            Prefixes = past == 0 ? prefixes.Blocks(AttentionKind.Decoder, Config.LayerCount, ComputeType) : null,
        };
        return Blocks(PlacePositions(hidden, positions), positions, context).MoveToOuterDisposeScope();
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
        return ChunkedCrossEntropy.Sum(rows, targets, Head).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the first token of a text has something before it that predicts it, so that its label counts.</summary>
    public override bool PredictsFirstToken => prompts.ActiveTokens > 0;

    /// <inheritdoc/>
    public override string? PackingObstacle =>
        prompts.ActiveTokens + prefixes.Places(AttentionKind.Decoder).Slots > 0 ? Combinations.Conflict([Combinations.PutsTokensBeforeText], [Combinations.PacksTexts])
        : Adapters.Active.Any(adapter => adapter.Config.AveragesRows) ? Combinations.Conflict([Combinations.AveragesRows], [Combinations.PacksTexts])
        : null;

    /// <summary>Keys at this distance and further back are hidden from a query; null for none.</summary>
    protected virtual int? SlidingWindow => null;

    /// <summary>Adds what the family adds to the vectors for their places (learned positions); nothing for rotary models.</summary>
    protected virtual Tensor PlacePositions(Tensor hidden, Tensor positions) => hidden;

    /// <summary>Runs all blocks and the last norm.</summary>
    /// <param name="hidden">Embedded tokens [batch, time, hidden].</param>
    /// <param name="positions">Their positions [batch or 1, time], int64.</param>
    /// <param name="context">What the blocks share, without what depends on the family.</param>
    protected abstract Tensor Blocks(Tensor hidden, Tensor positions, AttentionContext context);

    /// <summary>Logits of the last hidden states.</summary>
    protected abstract Tensor Head(Tensor hidden);

    // Positions of learned tokens and text [batch or 1, time]; 'first' is that of the first of them, 'learned' counts those before the text.
    private static Tensor Positions(ModelInput input, long first, long time, int learned)
    {
        Device device = input.InputIds.device;
        if (input.PositionIds is null)
        {
            return arange(first, first + time, dtype: ScalarType.Int64, device: device).unsqueeze(0);
        }

        Tensor text = input.PositionIds + learned;
        long tokens = time - text.size(1);
        return tokens == 0
            ? text
            : cat([arange(first, first + tokens, dtype: ScalarType.Int64, device: device).expand(text.size(0), tokens), text], 1);
    }
}
