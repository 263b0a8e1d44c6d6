using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// An encoder that puts a whole text into one of several classes: embedding, learned tokens before the text if an adapter asks for them, blocks
/// in which every token sees every other one, a head on the first position.
/// </summary>
public abstract class SequenceClassifier : PretrainedModel
{
    /// <summary>Makes the shell of a model.</summary>
    /// <param name="config">Sizes and token ids.</param>
    protected SequenceClassifier(ModelConfig config)
        : base(nameof(SequenceClassifier), config)
    {
    }

    /// <inheritdoc/>
    public override string TaskType => "SEQ_CLS";

    /// <summary>Yes: the class of a text is its label at the first place, and nothing has to stand before it.</summary>
    public override bool PredictsFirstToken => true;

    /// <inheritdoc/>
    public override bool LearnsClasses => true;

    /// <summary>Yes: every token sees every other one, padding too.</summary>
    public override bool SeesPadding => true;

    /// <summary>Logits [batch, classes] of token ids [batch, time] without padding.</summary>
    public Tensor forward(Tensor inputIds) => Logits(inputIds);

    /// <summary>Logits [batch, classes].</summary>
    /// <param name="inputIds">Token ids, int64 [batch, time].</param>
    /// <param name="attentionMask">1 for tokens, 0 for padding, int64 [batch, time]; null if nothing is padded.</param>
    /// <param name="tokenTypes">Which of two texts each token belongs to, int64 [batch, time]; all to the first unless set.</param>
    public Tensor Logits(Tensor inputIds, Tensor? attentionMask = null, Tensor? tokenTypes = null)
    {
        using DisposeScope scope = NewDisposeScope();
        int learned = prompts.ActiveTokens;
        Tensor words = prompts.Prepend(Embed(inputIds).to(ComputeType));
        VirtualTokenOffsets prefix = prefixes.Places(AttentionKind.Encoder);
        Tensor positions = Positions(inputIds, learned, prefix.Positions);
        Tensor types = tokenTypes is null
            ? zeros(1, words.size(1), dtype: ScalarType.Int64, device: words.device)
            : cat([zeros(inputIds.size(0), learned, dtype: ScalarType.Int64, device: words.device), tokenTypes], 1);
        var context = new AttentionContext
        {
            Mask = AttentionMask.Encoder(AttentionMask.Behind(attentionMask, prefix.Slots + learned), ComputeType),
            Prefixes = prefixes.Blocks(AttentionKind.Encoder, Config.LayerCount, ComputeType),
        };
        return Classify(Encode(words, positions, types, context)).MoveToOuterDisposeScope();
    }

    /// <summary>Sum of the losses of the texts of a micro-batch; divide by the number of texts of the whole batch for the mean.</summary>
    /// <param name="micro">Texts with <see cref="MicroBatch.ClassLabels"/>.</param>
    public override Tensor SumLoss(MicroBatch micro)
    {
        ArgumentNullException.ThrowIfNull(micro.ClassLabels);
        using DisposeScope scope = NewDisposeScope();
        return Losses.SamePlaceSum(Logits(micro.InputIds, micro.AttentionMask), micro.ClassLabels).MoveToOuterDisposeScope();
    }

    /// <summary>Positions [batch or 1, learned tokens + time] to look up, int64; counted on unless the family does it otherwise.</summary>
    /// <param name="inputIds">Token ids of the text, int64 [batch, time].</param>
    /// <param name="learned">Number of learned tokens before it.</param>
    /// <param name="first">The first position that a prefix leaves free.</param>
    protected virtual Tensor Positions(Tensor inputIds, int learned, int first) =>
        arange(first, first + learned + inputIds.size(1), dtype: ScalarType.Int64, device: inputIds.device).unsqueeze(0);

    /// <summary>Last hidden states [batch, time, hidden] of embedded tokens.</summary>
    /// <param name="words">Vectors of the tokens [batch, time, hidden].</param>
    /// <param name="positions">From <see cref="Positions"/>.</param>
    /// <param name="tokenTypes">int64 [batch or 1, time].</param>
    /// <param name="context">What the blocks share.</param>
    protected abstract Tensor Encode(Tensor words, Tensor positions, Tensor tokenTypes, AttentionContext context);

    /// <summary>Logits [batch, classes] of last hidden states [batch, time, hidden].</summary>
    protected abstract Tensor Classify(Tensor hidden);
}
