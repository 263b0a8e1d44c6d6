using Peft.Declarative.Generation.Processors;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>The rules for a set of options, in the order of Hugging Face's <c>generate</c>.</summary>
internal sealed class LogitsPipeline
{
    private readonly List<ILogitsProcessor> _processors = [];

    /// <summary>Creates the rules.</summary>
    /// <param name="options">The options.</param>
    /// <param name="promptLength">The number of ids of the prompt, including padding.</param>
    /// <param name="lengthLimit">The maximum length of a row.</param>
    /// <param name="eosTokenIds">The ids that end a text.</param>
    /// <param name="encoderIds">The ids [prompts, length] for the encoder's penalties. For decoders, the prompt.</param>
    /// <param name="guidance">Compares with the model without the prompt; <see langword="null"/> for no guidance.</param>
    internal LogitsPipeline(
        GenerationOptions options, int promptLength, int lengthLimit, IReadOnlyList<int> eosTokenIds, Tensor encoderIds,
        ILogitsProcessor? guidance = null)
    {
        Add(guidance is not null, () => guidance!);
        AddPenalties(options, promptLength, encoderIds, eosTokenIds);
        AddLengths(options, promptLength, lengthLimit, eosTokenIds);
        ReadsIds = _processors.Count > 0 || options.Processors.Count > 0;
        if (options.DoSample)
        {
            // Beam search needs alternatives to an end of text, even if the distribution is peaked.
            AddWarpers(options, keep: options.NumBeams > 1 ? eosTokenIds.Count + 1 : 1);
        }

        _processors.AddRange(options.Processors);
        Add(options.RenormalizeLogits, () => new RenormalizeProcessor());
    }

    /// <summary>The rule that makes beam groups diverse; <see langword="null"/> if there are no groups.</summary>
    internal HammingDiversityProcessor? Diversity { get; private set; }

    /// <summary>Whether a rule depends on the ids of a row, or on their number.</summary>
    internal bool ReadsIds { get; }

    /// <summary>The rules in their order.</summary>
    internal IReadOnlyList<ILogitsProcessor> Processors => _processors;

    /// <summary>Computes the scores after all rules. Temporary tensors belong to the caller's scope.</summary>
    internal Tensor Process(Tensor inputIds, Tensor scores) =>
        _processors.Aggregate(scores, (current, processor) => processor.Process(inputIds, current));

    private void AddPenalties(GenerationOptions o, int promptLength, Tensor encoderIds, IReadOnlyList<int> eos)
    {
        Add(o.SequenceBias.Count > 0, () => new SequenceBiasProcessor(o.SequenceBias));
        Add(o.DiversityPenalty > 0, () => Diversity = new HammingDiversityProcessor(o.DiversityPenalty, o.NumBeams / o.NumBeamGroups));
        Add(o.EncoderRepetitionPenalty != 1, () => new RepetitionPenaltyProcessor(1 / o.EncoderRepetitionPenalty, encoderIds));
        Add(o.RepetitionPenalty != 1, () => new RepetitionPenaltyProcessor(o.RepetitionPenalty));
        Add(o.PresencePenalty != 0 || o.FrequencyPenalty != 0,
            () => new OccurrencePenaltyProcessor(o.PresencePenalty, o.FrequencyPenalty, promptLength));
        Add(o.NoRepeatNgramSize > 0, () => new NgramProcessor(o.NoRepeatNgramSize));
        Add(o.EncoderNoRepeatNgramSize > 0, () => new NgramProcessor(o.EncoderNoRepeatNgramSize, encoderIds));
        Add(o.BadWordsIds.Count > 0, () => SequenceBiasProcessor.Forbid(o.BadWordsIds, eos));
    }

    private void AddLengths(GenerationOptions o, int promptLength, int lengthLimit, IReadOnlyList<int> eos)
    {
        Add(o.MinLength > 0 && eos.Count > 0, () => new MinLengthProcessor(o.MinLength, eos));
        Add(o.MinNewTokens > 0 && eos.Count > 0, () => new MinLengthProcessor(promptLength + o.MinNewTokens, eos));
        Add(o.ForcedBosTokenId is not null, () => new ForcedTokensProcessor(1, [o.ForcedBosTokenId!.Value]));
        Add(o.ForcedEosTokenIds.Count > 0, () => new ForcedTokensProcessor(lengthLimit - 1, o.ForcedEosTokenIds));
        Add(o.RemoveInvalidValues, () => new InvalidValuesProcessor());
        Add(o.ExponentialDecayLengthPenalty is not null && eos.Count > 0,
            () => new LengthDecayProcessor(promptLength + o.ExponentialDecayLengthPenalty!.Start, o.ExponentialDecayLengthPenalty.Factor, eos));
        Add(o.SuppressTokens.Count > 0, () => new SuppressTokensProcessor(o.SuppressTokens));

        // If the first token is forced, this rule applies to the one after it.
        int begin = promptLength > 1 || o.ForcedBosTokenId is null ? promptLength : promptLength + 1;
        Add(o.BeginSuppressTokens.Count > 0, () => new SuppressTokensProcessor(o.BeginSuppressTokens, begin));
    }

    private void AddWarpers(GenerationOptions o, int keep)
    {
        Add(o.Temperature != 1, () => new TemperatureProcessor(o.Temperature));
        Add(o.TopK > 0, () => new TopKProcessor(o.TopK, keep));
        Add(o.TopP < 1, () => new TopPProcessor(o.TopP, keep));
        Add(o.MinP > 0, () => new MinPProcessor(o.MinP, keep));
        Add(o.TypicalP < 1, () => new TypicalPProcessor(o.TypicalP, keep));
        Add(o.EpsilonCutoff > 0, () => new CutoffProcessor(o.EpsilonCutoff, keep, adaptive: false));
        Add(o.EtaCutoff > 0, () => new CutoffProcessor(o.EtaCutoff, keep, adaptive: true));
    }

    private void Add(bool wanted, Func<ILogitsProcessor> make)
    {
        if (wanted)
        {
            _processors.Add(make());
        }
    }
}
