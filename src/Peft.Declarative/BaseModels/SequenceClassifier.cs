using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// An encoder that assigns a text to one of several classes. A forward pass embeds the tokens, prepends the virtual tokens of active adapters, runs blocks
/// in which every token sees every other token, and applies a head to the first position.
/// </summary>
/// <example>
/// <code>
/// using BertForSequenceClassification model = BertForSequenceClassification.FromPretrained("models/bert-sentiment");
/// using Tensor classes = model.Logits(inputIds, attentionMask).argmax(-1);   // [batch]
/// </code>
/// </example>
public abstract class SequenceClassifier : PretrainedModel
{
    /// <summary>Creates a model without layers, which the derived class adds.</summary>
    /// <param name="config">The sizes and token ids.</param>
    protected SequenceClassifier(ModelConfig config)
        : base(nameof(SequenceClassifier), config)
    {
    }

    /// <inheritdoc/>
    public override string TaskType => "SEQ_CLS";

    /// <summary>The names of the classes in the order of the logits; empty (the default) if the family does not know them.</summary>
    public virtual IReadOnlyList<string> ClassNames => [];

    /// <summary><see langword="true"/>: the label at the first position is the class of the text.</summary>
    public override bool PredictsFirstToken => true;

    /// <inheritdoc/>
    public override bool LearnsClasses => true;

    /// <summary><see langword="true"/>: every token sees every other token, including padding.</summary>
    public override bool SeesPadding => true;

    /// <summary>Computes logits for texts without padding.</summary>
    /// <param name="inputIds">The token ids, int64 [batch, time].</param>
    /// <returns>The logits [batch, classes].</returns>
    public Tensor forward(Tensor inputIds) => Logits(inputIds);

    /// <summary>Computes logits.</summary>
    /// <param name="inputIds">The token ids, int64 [batch, time].</param>
    /// <param name="attentionMask">1 for tokens, 0 for padding, int64 [batch, time]; <see langword="null"/> (the default) if there is no padding.</param>
    /// <param name="tokenTypes">
    /// 0 for tokens of the first text, 1 for tokens of the second text, int64 [batch, time]. <see langword="null"/> (the default) if there is only one text.
    /// </param>
    /// <param name="adapters"><inheritdoc cref="ModelInput.Adapters" path="/summary"/></param>
    /// <param name="taskIds"><inheritdoc cref="ModelInput.TaskIds" path="/summary"/></param>
    /// <returns>The logits [batch, classes].</returns>
    /// <exception cref="PeftException">PEFT514: an input has a wrong shape, or an id or position that the model does not have. PEFT708: the model was disposed.</exception>
    public Tensor Logits(
        Tensor inputIds, Tensor? attentionMask = null, Tensor? tokenTypes = null, IReadOnlyList<string?>? adapters = null, IReadOnlyList<int?>? taskIds = null)
    {
        using ModelUse.Use use = Adapters.Use.Compute();
        InputCheck.Ids(this, inputIds);
        using RoutingPass pass = Adapters.BeginPass(adapters, taskIds, inputIds.size(0), Device);
        InputCheck.SameShape(this, attentionMask, inputIds, "AttentionMask", "InputIds");
        InputCheck.SameShape(this, tokenTypes, inputIds, "TokenTypes", "InputIds");
        InputCheck.Positions(this, inputIds.size(1) + PositionsBefore(AttentionKind.Encoder));
        using DisposeScope scope = NewDisposeScope();
        Tensor words = prompts.Prepend(Embed(inputIds).to(ComputeType), paddedAtEnd: true);
        RowOffsets before = RowOffsets.Of(prompts, prefixes, AttentionKind.Encoder, Device);
        if (before.IsRagged && attentionMask is null)
        {
            attentionMask = ones_like(inputIds);
        }

        Tensor positions = Rows(inputIds, (rows, tokens, segment) => Positions(rows!, tokens, prefixes.Offsets(AttentionKind.Encoder, segment).Positions))!;
        Tensor types = Rows(tokenTypes, (rows, tokens, _) => cat([zeros(rows.size(0), tokens, dtype: ScalarType.Int64, device: rows.device), rows], 1))
            ?? zeros(1, words.size(1), dtype: ScalarType.Int64, device: words.device);
        Tensor? padding = Rows(attentionMask, (rows, tokens, _) => AttentionMask.ExtendPadding(rows, tokens)!);
        var context = new AttentionContext
        {
            Mask = before.IsRagged
                ? AttentionMask.Encoder(padding, ComputeType).WithPrefix(before, words.size(1), ComputeType)
                : AttentionMask.Encoder(AttentionMask.ExtendPadding(padding, before.Prefix.Keys), ComputeType),
            Before = before,
            Prefixes = prefixes.Blocks(AttentionKind.Encoder, Config.LayerCount, ComputeType),
        };
        return Classify(Encode(words, positions, types, context)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the sum of the losses of the texts of a micro-batch, a float32 scalar. To get the mean, divide by the number of texts of the whole batch.
    /// </summary>
    /// <param name="micro">The rows with <see cref="MicroBatch.ClassLabels"/>; −100 ignores a row.</param>
    /// <exception cref="PeftException">PEFT514: an input has a wrong shape, or a value that the model does not have. PEFT306: an adapter is merged.</exception>
    public override Tensor SumLoss(MicroBatch micro)
    {
        using ModelUse.Use use = BeginLoss(micro);
        InputCheck.Require(micro.ClassLabels is not null, this, "the rows have no class. Give MicroBatch.ClassLabels");
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Logits(micro.InputIds, micro.AttentionMask, micro.TokenTypeIds, micro.Adapters, micro.TaskIds);
        InputCheck.SameShape(this, micro.ClassLabels, [logits.size(0)], "ClassLabels", "the rows");
        InputCheck.Labels(this, micro.ClassLabels, logits.size(1), "ClassLabels", "classes");
        return Losses.CrossEntropySum(logits, micro.ClassLabels).MoveToOuterDisposeScope();
    }

    // What virtual tokens before a text make of one number per token [batch, time]. Rows with fewer of them are padded at their end, where no position counts.
    private Tensor? Rows(Tensor? text, Func<Tensor, int, RowSegment?, Tensor> extend)
    {
        if (text is null)
        {
            return null;
        }

        if (Adapters.Routing.Current is not { } routing)
        {
            return extend(text, prompts.ActiveTokens, null);
        }

        Tensor[] parts = routing.Split(text);
        for (int i = 0; i < parts.Length; i++)
        {
            RowSegment segment = routing.Segments[i];
            Tensor own = extend(parts[i], prompts.TokensOf(segment), segment);
            parts[i] = nn.functional.pad(own, [0, segment.PaddingAfter]).expand(parts[i].size(0), -1);
        }

        return routing.Join(parts);
    }

    /// <summary>Computes the positions for the position embedding. The default is consecutive positions.</summary>
    /// <param name="inputIds">The token ids of the text, int64 [batch, time].</param>
    /// <param name="virtualTokens">The number of virtual tokens before the text.</param>
    /// <param name="first">The first position after the prefixes.</param>
    /// <returns>The positions, int64 [batch or 1, virtual tokens + time].</returns>
    protected virtual Tensor Positions(Tensor inputIds, int virtualTokens, int first) =>
        Scalars.Range(first, first + virtualTokens + inputIds.size(1), inputIds.device).unsqueeze(0);

    /// <summary>Computes the last hidden states [batch, time, hidden].</summary>
    /// <param name="words">The embedded tokens [batch, time, hidden].</param>
    /// <param name="positions">The result of <see cref="Positions"/>.</param>
    /// <param name="tokenTypes">The token types, int64 [batch or 1, time].</param>
    /// <param name="context">The inputs that the blocks share.</param>
    protected abstract Tensor Encode(Tensor words, Tensor positions, Tensor tokenTypes, AttentionContext context);

    /// <summary>Computes logits [batch, classes] from the last hidden states [batch, time, hidden].</summary>
    protected abstract Tensor Classify(Tensor hidden);
}
