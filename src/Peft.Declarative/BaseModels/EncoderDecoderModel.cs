using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// A sequence-to-sequence model. An encoder reads the source once; a decoder predicts the target token by token and attends to the encoder's output
/// in each block. Virtual tokens of adapters are prepended to the source.
/// </summary>
/// <example>
/// <code>
/// using T5ForConditionalGeneration model = T5ForConditionalGeneration.FromPretrained("models/t5-small");
/// EncoderOutput source = model.Encode(inputIds, attentionMask);
/// using Tensor logits = model.Decode(model.StartIds(batch: 1), source, cache: null);   // [1, 1, vocabulary]
/// </code>
/// </example>
public abstract class EncoderDecoderModel : PretrainedModel
{
    private readonly int _start;

    /// <summary>Creates a model without layers, which the derived class adds.</summary>
    /// <param name="config">The sizes and token ids.</param>
    /// <param name="startTokenId">The id with which every target begins.</param>
    protected EncoderDecoderModel(ModelConfig config, int startTokenId)
        : base(nameof(EncoderDecoderModel), config) => _start = startTokenId;

    /// <inheritdoc/>
    public override string TaskType => "SEQ_2_SEQ_LM";

    /// <summary><see langword="true"/>: the start id predicts the first token of a target.</summary>
    public override bool PredictsFirstToken => true;

    /// <inheritdoc/>
    public override TrainingRowKind? ReadsRows => TrainingRowKind.Pair;

    /// <summary><see langword="true"/>: in the source, every token sees every other token, including padding.</summary>
    public override bool SeesPadding => true;

    /// <summary>2: the reference library stores vectors of soft prompts for the encoder and the decoder, and uses only those for the encoder.</summary>
    public override int PromptStacks => 2;

    /// <summary>The number of blocks of the decoder.</summary>
    public abstract int DecoderLayerCount { get; }

    /// <summary>Computes logits.</summary>
    /// <param name="inputIds">The source ids, int64 [batch, source].</param>
    /// <param name="decoderIds">The target ids, beginning with the start id, int64 [batch, target].</param>
    /// <param name="attentionMask">1 for source tokens, 0 for padding, int64 [batch, source]; <see langword="null"/> (the default) if there is no padding.</param>
    /// <param name="adapters"><inheritdoc cref="ModelInput.Adapters" path="/summary"/></param>
    /// <param name="taskIds"><inheritdoc cref="ModelInput.TaskIds" path="/summary"/></param>
    /// <returns>The logits [batch, target, vocabulary].</returns>
    public Tensor Logits(
        Tensor inputIds, Tensor decoderIds, Tensor? attentionMask = null, IReadOnlyList<string?>? adapters = null, IReadOnlyList<int?>? taskIds = null)
    {
        using DisposeScope scope = NewDisposeScope();
        return Decode(decoderIds, Encode(inputIds, attentionMask, adapters, taskIds), cache: null).MoveToOuterDisposeScope();
    }

    /// <summary>Runs the encoder.</summary>
    /// <param name="inputIds">The source ids, int64 [batch, source].</param>
    /// <param name="attentionMask">1 for source tokens, 0 for padding, int64 [batch, source]; <see langword="null"/> (the default) if there is no padding.</param>
    /// <param name="adapters"><inheritdoc cref="ModelInput.Adapters" path="/summary"/></param>
    /// <param name="taskIds"><inheritdoc cref="ModelInput.TaskIds" path="/summary"/></param>
    /// <exception cref="PeftException">PEFT514: an input has a wrong shape, or an id that the model does not have. PEFT708: the model was disposed.</exception>
    public EncoderOutput Encode(
        Tensor inputIds, Tensor? attentionMask = null, IReadOnlyList<string?>? adapters = null, IReadOnlyList<int?>? taskIds = null)
    {
        using ModelUse.Use use = Adapters.Use.Compute();
        InputCheck.Ids(this, inputIds);
        using RoutingPass pass = Adapters.BeginPass(adapters, taskIds, inputIds.size(0), Device);
        InputCheck.SameShape(this, attentionMask, inputIds, "AttentionMask", "InputIds");
        using DisposeScope scope = NewDisposeScope();
        Tensor words = prompts.Prepend(embedding_adapters.Apply(Embed(inputIds).to(ComputeType)));
        RowOffsets before = RowOffsets.Of(prompts, prefixes, AttentionKind.Source, Device);
        AttentionMask mask = AttentionMask.Encoder(Padding(attentionMask, before, words.size(1)), ComputeType);
        mask.Added?.MoveToOuterDisposeScope();
        var context = new AttentionContext
        {
            Mask = mask.WithPrefix(before, words.size(1), ComputeType),
            Before = before,
            Prefixes = prefixes.Blocks(AttentionKind.Source, Config.LayerCount, ComputeType),
        };
        return new EncoderOutput(RunEncoder(words, context).MoveToOuterDisposeScope(), mask) { Adapters = adapters, TaskIds = taskIds };
    }

    /// <summary>Runs the decoder and the head.</summary>
    /// <param name="decoderIds">The target ids, int64 [batch, time]. With a cache, only the ids that it does not contain yet.</param>
    /// <param name="source">The output of <see cref="Encode"/>.</param>
    /// <param name="cache">The keys and values of earlier target tokens; <see langword="null"/> outside generation.</param>
    /// <returns>The logits [batch, time, vocabulary].</returns>
    /// <exception cref="PeftException">PEFT514: an input has a wrong shape, or an id that the model does not have. PEFT708: the model was disposed.</exception>
    public Tensor Decode(Tensor decoderIds, EncoderOutput source, KeyValueCache? cache)
    {
        ArgumentNullException.ThrowIfNull(source);
        using ModelUse.Use use = Adapters.Use.Compute();
        CheckTarget(decoderIds, source);
        using RoutingPass pass = Adapters.BeginPass(source.Adapters, source.TaskIds, decoderIds.size(0), Device);
        using DisposeScope scope = NewDisposeScope();
        return Head(DecoderStates(decoderIds, source, cache)).MoveToOuterDisposeScope();
    }

    /// <summary>The hidden states before the head [batch, time, hidden]. The arguments are those of <see cref="Decode"/>.</summary>
    internal Tensor DecoderStates(Tensor decoderIds, EncoderOutput source, KeyValueCache? cache)
    {
        using DisposeScope scope = NewDisposeScope();
        long past = cache?.Length ?? 0;
        long time = decoderIds.size(1);
        Tensor hidden = Embed(decoderIds).to(ComputeType);
        RowRouting? routing = Adapters.Routing.Current;
        routing?.Unpad();
        routing?.PadSource(segment => prompts.ActiveTokens - prompts.TokensOf(segment));
        RowOffsets before = past == 0 ? RowOffsets.Of(null, prefixes, AttentionKind.Decoder, Device) : cache!.Before;
        if (cache is not null)
        {
            cache.Before = before;
        }

        long keys = (past == 0 ? before.Keys : past) + time;   // the cache contains the prefix
        RowOffsets cross = RowOffsets.Of(null, prefixes, AttentionKind.Cross, Device);
        Tensor? padding = AttentionMask.ExtendPadding(null, before, keys);
        var context = new AttentionContext
        {
            Mask = AttentionMask.Decoder(padding, time, keys, window: null, ComputeType, hidden.device),
            Before = before,
            Routing = routing,
            Cache = cache,
            Source = source with { Mask = source.Mask.WithPrefix(cross, source.Hidden.size(1), ComputeType) },
            Prefixes = past == 0 ? prefixes.Blocks(AttentionKind.Decoder, DecoderLayerCount, ComputeType) : null,
            CrossPrefixes = past == 0 ? prefixes.Blocks(AttentionKind.Cross, DecoderLayerCount, ComputeType) : null,
        };
        return RunDecoder(hidden, keys - time - (before.IsRagged ? before.Keys : before.Prefix.KeysWithoutPosition), context).MoveToOuterDisposeScope();
    }

    /// <summary>Applies the head to hidden states of the decoder [batch, positions, hidden].</summary>
    internal Tensor LogitsOf(Tensor hidden) => Head(hidden);

    /// <summary>The start ids of the decoder, int64 [batch, 1].</summary>
    /// <param name="batch">The number of rows.</param>
    public Tensor StartIds(long batch) => full([batch, 1], Scalars.Of(_start), dtype: ScalarType.Int64, device: Device);

    /// <summary>The decoder's input for training: the start id, followed by the labels without the last one.</summary>
    /// <param name="labels">int64 [batch, target]; −100 for tokens that do not enter the loss.</param>
    /// <returns>The ids, int64 [batch, target].</returns>
    public override Tensor DecoderIds(Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        InputCheck.Require(labels.dim() == 2 && labels.numel() > 0 && labels.dtype == ScalarType.Int64, this,
            $"Labels is {labels.dtype} {InputCheck.Shape(labels)}, but must be Int64 [batch, target] with at least one label. Give each row a target");
        using DisposeScope scope = NewDisposeScope();
        Tensor readable = labels.masked_fill(labels.eq(Scalars.Of(Losses.Ignored)), Scalars.Of(Config.PadTokenId ?? 0));
        return cat([StartIds(labels.size(0)), readable.narrow(1, 0, labels.size(1) - 1)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the sum of the losses of all labels of a micro-batch, a float32 scalar. To get the mean, divide by the number of labels of the whole batch.
    /// </summary>
    /// <param name="micro">The source ids, the target as labels, and <see cref="MicroBatch.DecoderIds"/>. Source and target can differ in length.</param>
    /// <exception cref="PeftException">PEFT514: an input has a wrong shape, or a value that the model does not have. PEFT306: an adapter is merged.</exception>
    public override Tensor SumLoss(MicroBatch micro)
    {
        using ModelUse.Use use = BeginLoss(micro);
        InputCheck.Require(micro.DecoderIds is not null, this, "the rows have no target. Give MicroBatch.DecoderIds, which DecoderIds(labels) computes");
        InputCheck.SameShape(this, micro.Labels, micro.DecoderIds, "Labels", "DecoderIds");
        InputCheck.Labels(this, micro.Labels, Config.VocabularySize, "Labels", "token ids");
        using DisposeScope scope = NewDisposeScope();
        EncoderOutput source = Encode(micro.InputIds, micro.AttentionMask, micro.Adapters, micro.TaskIds);
        CheckTarget(micro.DecoderIds, source);
        using RoutingPass pass = Adapters.BeginPass(source.Adapters, source.TaskIds, micro.DecoderIds.size(0), Device);
        return LossOf(DecoderStates(micro.DecoderIds, source, cache: null), micro, Head, LabelledRows.At).MoveToOuterDisposeScope();
    }

    private void CheckTarget(Tensor decoderIds, EncoderOutput source)
    {
        InputCheck.Ids(this, decoderIds, "DecoderIds");
        InputCheck.Require(decoderIds.size(0) == source.Hidden.size(0), this,
            $"DecoderIds has {decoderIds.size(0)} rows, but the source {source.Hidden.size(0)}. Give each source one target");
    }

    // Of a mixed batch, the virtual tokens that a row lacks are padding before its own.
    private static Tensor? Padding(Tensor? attentionMask, RowOffsets before, long keys)
    {
        return before.IsRagged
            ? AttentionMask.ExtendPadding(attentionMask, before, keys + before.Prefix.Keys)!.narrow(1, before.Prefix.Keys, keys)
            : AttentionMask.ExtendPadding(attentionMask, before.Tokens);
    }

    /// <summary>Computes the last hidden states of the encoder [batch, source, hidden].</summary>
    /// <param name="hidden">The embedded source tokens [batch, source, hidden].</param>
    /// <param name="context">The inputs that the blocks share. The family adds its own, such as a relative position bias.</param>
    protected abstract Tensor RunEncoder(Tensor hidden, AttentionContext context);

    /// <summary>Computes the last hidden states of the decoder [batch, time, hidden].</summary>
    /// <param name="hidden">The embedded target tokens [batch, time, hidden].</param>
    /// <param name="past">The number of positions before them. In a batch of mixed prefixes, those of the target only.</param>
    /// <param name="context">The inputs that the blocks share, including the encoder's output. The family adds its own.</param>
    protected abstract Tensor RunDecoder(Tensor hidden, long past, AttentionContext context);

    /// <summary>Computes logits [batch, time, vocabulary] from the last hidden states of the decoder [batch, time, hidden].</summary>
    protected abstract Tensor Head(Tensor hidden);
}
