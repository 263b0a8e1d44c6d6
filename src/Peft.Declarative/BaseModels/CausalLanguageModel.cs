using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// A decoder that predicts the next token. A forward pass embeds the tokens, prepends the virtual tokens of active adapters, runs the blocks and applies
/// the head. Model families implement these steps; this class implements positions, masks, the cache and adapters for all of them.
/// </summary>
/// <example>
/// <code>
/// using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained("models/llama-3.2-1b");
/// using Tensor ids = torch.tensor(new long[,] { { 128000, 9906 } });
/// using Tensor logits = model.Logits(new ModelInput(ids) { LastOnly = true });   // [1, 1, vocabulary]
/// </code>
/// </example>
public abstract class CausalLanguageModel : PretrainedModel
{
    /// <summary>Creates a model without layers, which the derived class adds.</summary>
    /// <param name="config">The sizes and token ids.</param>
    protected CausalLanguageModel(ModelConfig config)
        : base(nameof(CausalLanguageModel), config)
    {
    }

    /// <inheritdoc/>
    public override string TaskType => "CAUSAL_LM";

    /// <summary>Computes logits.</summary>
    /// <param name="inputIds">Token ids, int64 [batch, time].</param>
    /// <returns>The logits [batch, virtual tokens + time, vocabulary].</returns>
    public Tensor forward(Tensor inputIds) => Logits(new ModelInput(inputIds));

    /// <summary>
    /// Computes logits. The result includes the logits of virtual tokens, before those of the text, unless the cache contains earlier tokens.
    /// </summary>
    /// <param name="input">The token ids, with optional mask, positions and cache.</param>
    /// <returns>The logits [batch, positions, vocabulary], with one position if <see cref="ModelInput.LastOnly"/> is set.</returns>
    /// <exception cref="PeftException">PEFT514: an input has a wrong shape, or an id or position that the model does not have. PEFT708: the model was disposed.</exception>
    public Tensor Logits(ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using ModelUse.Use use = Adapters.Use.Compute();
        InputCheck.Ids(this, input.InputIds);
        using RoutingPass pass = Adapters.BeginPass(input.Adapters, input.TaskIds, input.InputIds.size(0), Device);
        Check(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = HiddenStates(input);
        if (input.LastOnly)
        {
            hidden = hidden.narrow(1, hidden.size(1) - 1, 1);
        }

        return Head(hidden).MoveToOuterDisposeScope();
    }

    /// <summary>The hidden states before the head [batch, positions, hidden], for all positions regardless of <see cref="ModelInput.LastOnly"/>.</summary>
    internal Tensor HiddenStates(ModelInput input)
    {
        using DisposeScope scope = NewDisposeScope();
        long past = input.Cache?.Length ?? 0;
        Tensor text = embedding_adapters.Apply(Embed(input.InputIds).to(ComputeType));
        Tensor hidden = text;
        RowOffsets before;
        if (past == 0)
        {
            hidden = prompts.Prepend(text);
            before = RowOffsets.Of(prompts, prefixes, AttentionKind.Decoder, Device);
        }
        else
        {
            Adapters.Routing.Current?.Unpad();
            before = input.Cache!.Before;
        }

        if (input.Cache is { } cache)
        {
            cache.Before = before;
            cache.Adapters = Adapters.Routing.Current?.Names;
            cache.TaskIds = Adapters.Routing.Current?.Tasks;
        }

        long time = hidden.size(1);
        long keys = (past == 0 ? before.Prefix.Keys : past) + time;   // the cache contains the prefix
        int free = before.Prefix.KeysWithoutPosition;
        Tensor positions = before.IsRagged
            ? RowPositions(input, keys - time, time, before)
            : Positions(input, keys - time - free, time, before.Positions);
        Tensor? padding = AttentionMask.ExtendPadding(input.AttentionMask, before, keys);
        var context = new AttentionContext
        {
            Mask = PackedMask(input, padding, keys)
                ?? AttentionMask.Decoder(padding, time, keys, SlidingWindow, ComputeType, hidden.device, free, input.SegmentIds, before) with
                {
                    StepByStep = padding is not null && is_grad_enabled() && AveragesRows,
                },
            Before = before,
            Cache = input.Cache,
            Prefixes = past == 0 ? prefixes.Blocks(AttentionKind.Decoder, Config.LayerCount, ComputeType) : null,
        };
        return Blocks(AddPositions(hidden, positions), positions, context).MoveToOuterDisposeScope();
    }

    /// <summary>Applies the head to hidden states [batch, positions, hidden].</summary>
    internal Tensor LogitsOf(Tensor hidden) => Head(hidden);

    /// <summary>
    /// Computes the sum of the next-token losses of a micro-batch, a float32 scalar. To get the mean, divide by the number of labels of the whole batch.
    /// Virtual tokens have no labels, but the last one predicts the first token of the text; see <see cref="PredictsFirstToken"/>.
    /// </summary>
    /// <param name="micro">Rows on the model's device.</param>
    /// <exception cref="PeftException">PEFT514: an input has a wrong shape, or an id or position that the model does not have. PEFT306: an adapter is merged.</exception>
    public override Tensor SumLoss(MicroBatch micro)
    {
        using ModelUse.Use use = BeginLoss(micro);
        InputCheck.Ids(this, micro.InputIds);
        using RoutingPass pass = Adapters.BeginPass(micro.Adapters, micro.TaskIds, micro.InputIds.size(0), Device);
        Check(new ModelInput(micro.InputIds) { AttentionMask = micro.AttentionMask, PositionIds = micro.PositionIds, SegmentIds = micro.SegmentIds });
        InputCheck.SameShape(this, micro.Labels, micro.InputIds, "Labels", "InputIds");
        InputCheck.Labels(this, micro.Labels, Config.VocabularySize, "Labels", "token ids");
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = HiddenStates(new ModelInput(micro.InputIds)
        {
            AttentionMask = micro.AttentionMask,
            PositionIds = micro.PositionIds,
            SegmentIds = micro.SegmentIds,
            TextLengths = micro.TextLengths,
        });
        return LossOf(hidden, micro, Head, (states, rows) => LabelledRows.Before(states, rows, prompts.ActiveTokens)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override bool PredictsFirstTokenOf(string? adapter) =>
        adapter is null ? PredictsFirstToken : prompts.TokensOf(new RowSegment(adapter, [])) > 0;

    /// <summary>Whether the first token of a text is predicted, so that its label enters the loss: <see langword="true"/> if virtual tokens precede it.</summary>
    public override bool PredictsFirstToken => prompts.ActiveTokens > 0;

    /// <inheritdoc/>
    public override string? PackingObstacle =>
        prompts.ActiveTokens + prefixes.Offsets(AttentionKind.Decoder).Keys > 0 ? Combinations.Conflict([Combinations.PutsTokensBeforeText], [Combinations.PacksTexts])
        : AveragesRows ? Combinations.Conflict([Combinations.AveragesRows], [Combinations.PacksTexts])
        : null;


    /// <summary>The size of the sliding window: keys at this distance or farther are hidden from a query. <see langword="null"/> (the default) for no window.</summary>
    protected virtual int? SlidingWindow => null;

    /// <summary>Adds position embeddings to the hidden states. The default adds nothing, for models with rotary embedding.</summary>
    /// <param name="hidden">Embedded tokens [batch, time, hidden].</param>
    /// <param name="positions">Their positions [batch or 1, time], int64.</param>
    protected virtual Tensor AddPositions(Tensor hidden, Tensor positions) => hidden;

    /// <summary>Runs all blocks and the final norm.</summary>
    /// <param name="hidden">Embedded tokens [batch, time, hidden].</param>
    /// <param name="positions">Their positions [batch or 1, time], int64.</param>
    /// <param name="context">The inputs that the blocks share. The family adds its own, such as the rotary embedding.</param>
    protected abstract Tensor Blocks(Tensor hidden, Tensor positions, AttentionContext context);

    /// <summary>Computes logits [batch, time, vocabulary] from the last hidden states [batch, time, hidden].</summary>
    protected abstract Tensor Head(Tensor hidden);

    private void Check(ModelInput input)
    {
        (long rows, long time) = (input.InputIds.size(0), input.InputIds.size(1));
        long past = 0;
        if (input.Cache is { Length: > 0 } cache)
        {
            past = cache.Length - cache.Before.Keys;
            CheckRows(cache);
        }

        InputCheck.SameShape(this, input.AttentionMask, [rows, past + time], "AttentionMask", past == 0 ? "InputIds" : "InputIds after the cached tokens");
        InputCheck.SameShape(this, input.SegmentIds, input.InputIds, "SegmentIds", "InputIds");
        InputCheck.SameShape(this, input.PositionIds, [input.PositionIds?.size(0) == 1 ? 1 : rows, time], "PositionIds", "InputIds");
        InputCheck.PositionIds(this, input.PositionIds);
        if (input.PositionIds is null)
        {
            InputCheck.Positions(this, past + time + LearnedPositions);
        }
    }

    private void CheckRows(KeyValueCache cache)
    {
        InputCheck.Require(Adapters.Routing.Current?.Names.SequenceEqual(cache.Adapters ?? []) ?? cache.Adapters is null, this,
            "Adapters differ from those of the first tokens in the cache. Name the same ones in every pass");
        InputCheck.Require((Adapters.Routing.Current?.Tasks ?? []).SequenceEqual(cache.TaskIds ?? []), this,
            "TaskIds differ from those of the first tokens in the cache. Give the same ones in every pass");
    }

    // Texts that share rows need no mask where nothing is hidden but later tokens and other texts.
    private AttentionMask? PackedMask(ModelInput input, Tensor? padding, long keys)
    {
        if (input.TextLengths is not { } lengths || padding is not null || input.Cache is not null || keys != input.InputIds.size(1))
        {
            return null;
        }

        var texts = new PackedTexts(lengths, (int)keys, ComputeType, Device);
        bool hidesMore = SlidingWindow < texts.Longest;
        return !hidesMore && texts.AreFasterAlone(Config.HeadCount, Config.HeadSize) ? new AttentionMask(null, Causal: false) { Texts = texts } : null;
    }

    // The same [batch, time] where rows have different numbers of virtual tokens. 'past' is the number of keys before the pass, prefixes included.
    private static Tensor RowPositions(ModelInput input, long past, long time, RowOffsets before)
    {
        Device device = input.InputIds.device;
        long first = past - before.Prefix.Keys - before.Tokens;
        Tensor consecutive = before.RowPositions.add(Scalars.Range(first, first + time, device).unsqueeze(0), Scalars.One).clamp_min(Scalars.Of(0));
        if (input.PositionIds is not { } given)
        {
            return consecutive;
        }

        Tensor text = before.RowPositions.add(given, Scalars.One);
        long tokens = time - given.size(1);
        return tokens == 0 ? text : cat([consecutive.narrow(1, 0, tokens), text], 1);
    }

    // Positions of virtual tokens and text [batch or 1, time], beginning at 'first'. 'virtualTokens' is the number of positions before the text.
    private static Tensor Positions(ModelInput input, long first, long time, int virtualTokens)
    {
        Device device = input.InputIds.device;
        if (input.PositionIds is null)
        {
            return Scalars.Range(first, first + time, device).unsqueeze(0);
        }

        Tensor text = input.PositionIds.add(Scalars.Of(virtualTokens), Scalars.One);
        long tokens = time - text.size(1);
        return tokens == 0
            ? text
            : cat([Scalars.Range(first, first + tokens, device).expand(text.size(0), tokens), text], 1);
    }
}
