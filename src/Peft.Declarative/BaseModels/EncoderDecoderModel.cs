using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// A model that writes one text from another: an encoder reads the source once, a decoder predicts the target token by token and looks at the
/// source in each block. Learned tokens of an adapter stand before the source.
/// </summary>
public abstract class EncoderDecoderModel : PretrainedModel
{
    private readonly int _start;

    /// <summary>Makes the shell of a model.</summary>
    /// <param name="config">Sizes and token ids.</param>
    /// <param name="startTokenId">Id with which every target begins.</param>
    protected EncoderDecoderModel(ModelConfig config, int startTokenId)
        : base(nameof(EncoderDecoderModel), config) => _start = startTokenId;

    /// <inheritdoc/>
    public override string TaskType => "SEQ_2_SEQ_LM";

    /// <summary>Yes: the first token of a target is predicted from the id that starts every target.</summary>
    public override bool PredictsFirstToken => true;

    /// <summary>Yes: in the source every token sees every other one, padding too.</summary>
    public override bool SeesPadding => true;

    /// <summary>The reference library gives soft prompts vectors for encoder and decoder, and uses those for the encoder only.</summary>
    public override int PromptStacks => 2;

    /// <summary>Blocks of the decoder.</summary>
    public abstract int DecoderLayerCount { get; }

    /// <summary>Logits [batch, target, vocabulary].</summary>
    /// <param name="inputIds">Source ids, int64 [batch, source].</param>
    /// <param name="decoderIds">Target ids so far, the starting id first, int64 [batch, target].</param>
    /// <param name="attentionMask">1 for source tokens, 0 for padding, int64 [batch, source]; null if nothing is padded.</param>
    public Tensor Logits(Tensor inputIds, Tensor decoderIds, Tensor? attentionMask = null)
    {
        using DisposeScope scope = NewDisposeScope();
        return Decode(decoderIds, Encode(inputIds, attentionMask), cache: null).MoveToOuterDisposeScope();
    }

    /// <summary>Runs the encoder.</summary>
    /// <param name="inputIds">Source ids, int64 [batch, source].</param>
    /// <param name="attentionMask">1 for source tokens, 0 for padding, int64 [batch, source]; null if nothing is padded.</param>
    public EncoderOutput Encode(Tensor inputIds, Tensor? attentionMask = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor words = prompts.Prepend(embedding_adapters.Apply(Embed(inputIds).to(ComputeType)));
        AttentionMask mask = AttentionMask.Encoder(AttentionMask.Behind(attentionMask, prompts.ActiveTokens), ComputeType);
        mask.Added?.MoveToOuterDisposeScope();
        var context = new AttentionContext
        {
            Mask = mask.Behind(prefixes.Places(AttentionKind.Source).Slots),
            UnplacedKeys = prefixes.Places(AttentionKind.Source).Unplaced,
            Prefixes = prefixes.Blocks(AttentionKind.Source, Config.LayerCount, ComputeType),
        };
        return new EncoderOutput(RunEncoder(words, context).MoveToOuterDisposeScope(), mask);
    }

    /// <summary>Logits [batch, new target tokens, vocabulary].</summary>
    /// <param name="decoderIds">Target ids, int64 [batch, time]: all of them, or with a cache those that it does not hold yet.</param>
    /// <param name="source">From <see cref="Encode"/>.</param>
    /// <param name="cache">Keys and values of earlier target tokens; null outside generation.</param>
    public Tensor Decode(Tensor decoderIds, EncoderOutput source, KeyValueCache? cache)
    {
        using DisposeScope scope = NewDisposeScope();
        return Head(DecoderStates(decoderIds, source, cache)).MoveToOuterDisposeScope();
    }

    /// <summary>What the head reads, [batch, new target tokens, hidden]; arguments as in <see cref="Decode"/>.</summary>
    internal Tensor DecoderStates(Tensor decoderIds, EncoderOutput source, KeyValueCache? cache)
    {
        using DisposeScope scope = NewDisposeScope();
        long past = cache?.Length ?? 0;
        long time = decoderIds.size(1);
        Tensor hidden = Embed(decoderIds).to(ComputeType);
        VirtualTokenOffsets before = past == 0 ? prefixes.Places(AttentionKind.Decoder) : cache!.Before;
        if (cache is not null)
        {
            cache.Before = before;
        }

        long keys = (past == 0 ? before.Slots : past) + time;   // the cache holds the prefix too
        var context = new AttentionContext
        {
            Mask = AttentionMask.Decoder(null, time, keys, window: null, ComputeType, hidden.device),
            UnplacedKeys = before.Unplaced,
            Cache = cache,
            Source = source with { Mask = source.Mask.Behind(prefixes.Places(AttentionKind.Cross).Slots) },
            Prefixes = past == 0 ? prefixes.Blocks(AttentionKind.Decoder, DecoderLayerCount, ComputeType) : null,
            CrossPrefixes = past == 0 ? prefixes.Blocks(AttentionKind.Cross, DecoderLayerCount, ComputeType) : null,
        };
        return RunDecoder(hidden, keys - time - before.Unplaced, context).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of the decoder's hidden states [batch, positions, hidden].</summary>
    internal Tensor LogitsOf(Tensor hidden) => Head(hidden);

    /// <summary>Ids [batch, 1] with which the decoder begins.</summary>
    /// <param name="batch">Number of rows.</param>
    public Tensor StartIds(long batch) => full([batch, 1], _start, dtype: ScalarType.Int64, device: Device);

    /// <summary>What the decoder reads while it learns labels: the labels moved one place to the right, behind the starting id.</summary>
    /// <param name="labels">int64 [batch, target]; −100 where nothing is to be learnt.</param>
    public override Tensor DecoderIds(Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor readable = labels.masked_fill(labels.eq(Losses.Ignored), Config.PadTokenId ?? 0);
        return cat([StartIds(labels.size(0)), readable.narrow(1, 0, labels.size(1) - 1)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Sum of the losses of all labels of a micro-batch; divide by the number of labels of the whole batch for the mean.</summary>
    /// <param name="micro">Source ids, the target as labels, and <see cref="MicroBatch.DecoderIds"/> of them; source and target may differ in length.</param>
    public override Tensor SumLoss(MicroBatch micro)
    {
        ArgumentNullException.ThrowIfNull(micro.DecoderIds);
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Logits(micro.InputIds, micro.DecoderIds, micro.AttentionMask);
        return Losses.SamePlaceSum(logits, micro.Labels).MoveToOuterDisposeScope();
    }

    /// <summary>Last hidden states [batch, source, hidden] of the encoder.</summary>
    /// <param name="hidden">Embedded source tokens [batch, source, hidden].</param>
    /// <param name="context">What the blocks share, without what depends on the family.</param>
    protected abstract Tensor RunEncoder(Tensor hidden, AttentionContext context);

    /// <summary>Last hidden states [batch, time, hidden] of the decoder.</summary>
    /// <param name="hidden">Embedded target tokens [batch, time, hidden].</param>
    /// <param name="past">Positions before them.</param>
    /// <param name="context">What the blocks share, the encoded source with it, without what depends on the family.</param>
    protected abstract Tensor RunDecoder(Tensor hidden, long past, AttentionContext context);

    /// <summary>Logits of the decoder's last hidden states.</summary>
    protected abstract Tensor Head(Tensor hidden);
}
