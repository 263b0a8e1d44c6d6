namespace Peft.Declarative;

/// <summary>
/// The options for generating text. Names and defaults are those of Hugging Face's <c>generation_config.json</c>, which <see
/// cref="GenerationOptionsFile"/> reads. Options that are set here take precedence over a model's file.
/// </summary>
/// <example>
/// <code>
/// var options = new GenerationOptions { MaxNewTokens = 100, DoSample = true, Temperature = 0.7, TopP = 0.9, Seed = 1 };
/// string text = generator.Complete("Once upon a time", options);
/// </code>
/// </example>
public sealed record GenerationOptions
{
    /// <summary>The number of new tokens if neither <see cref="MaxNewTokens"/> nor <see cref="MaxLength"/> is set: 256.</summary>
    public const int DefaultNewTokens = 256;

    /// <summary>
    /// The maximum number of new tokens, at least 1. Takes precedence over <see cref="MaxLength"/>. The model's own maximum length is never exceeded.
    /// The default is <see langword="null"/>: <see cref="DefaultNewTokens"/>, unless <see cref="MaxLength"/> is set.
    /// </summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>
    /// The maximum number of tokens of prompt and text together, more than the prompt has. The default is <see langword="null"/>, none.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>The minimum number of tokens of prompt and text together before the text can end. The default is 0.</summary>
    public int MinLength { get; init; }

    /// <summary>The minimum number of new tokens before the text can end. The default is 0.</summary>
    public int MinNewTokens { get; init; }

    /// <summary>Whether tokens are sampled by their probability. The default is <see langword="false"/>: the most likely token is selected.</summary>
    public bool DoSample { get; init; }

    /// <summary>
    /// The seed of the random numbers, so that a run can be repeated on one machine. The default is <see langword="null"/>: a new seed for each call.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>The number of texts per prompt, at least 1; above 1 only with sampling or beams. The default is 1.</summary>
    public int NumReturnSequences { get; init; } = 1;

    /// <summary>The ids that end a text; none if empty. The default is <see langword="null"/>: those of <see cref="TextEnds"/>.</summary>
    public IReadOnlyList<int>? EosTokenIds { get; init; }

    /// <summary>
    /// The id that fills rows that ended early. The default is <see langword="null"/>: the model's own, or else the first id that ends a text, or
    /// else 0.
    /// </summary>
    public int? PadTokenId { get; init; }

    /// <summary>The texts that end a row: it ends with the token that completes one of them. Requires a tokenizer. The default is none.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>
    /// Whether keys and values of earlier tokens are kept instead of computed again for each token. The default is <see langword="true"/>.
    /// </summary>
    public bool UseCache { get; init; } = true;

    /// <summary>
    /// The divisor of scores before sampling, at least 0: below 1 the text is more predictable, above 1 more varied; 0 selects the most likely token.
    /// The default is 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Samples from this number of most likely tokens, including ties; 0 for all. The default is 50.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>
    /// Samples from the smallest set of tokens that together have this probability (Holtzman et al. 2019), above 0 and at most 1. The default is 1,
    /// all tokens.
    /// </summary>
    public double TopP { get; init; } = 1;

    /// <summary>
    /// Samples from tokens with at least this fraction of the most likely token's probability, from 0 to 1. The default is 0, all tokens.
    /// </summary>
    public double MinP { get; init; }

    /// <summary>
    /// Samples from tokens whose information is closest to the expected one, up to this probability (Meister et al. 2022), above 0 and at most 1. The
    /// default is 1, all tokens.
    /// </summary>
    public double TypicalP { get; init; } = 1;

    /// <summary>Samples from tokens of at least this probability (Hewitt et al. 2022), from 0 to below 1. The default is 0, all tokens.</summary>
    public double EpsilonCutoff { get; init; }

    /// <summary>
    /// Like <see cref="EpsilonCutoff"/>, but lower if the distribution is flat (Hewitt et al. 2022), from 0 to below 1. The default is 0, all tokens.
    /// </summary>
    public double EtaCutoff { get; init; }

    /// <summary>
    /// Makes ids that occur in the row less likely (above 1) or more likely (below 1), once each (Keskar et al. 2019); above 0. The default is 1.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>
    /// The number subtracted from the score of an id that was generated at least once; below 0 makes it more likely. OpenAI's definition, where it is
    /// from −2 to 2. The prompt does not count. The default is 0.
    /// </summary>
    public double PresencePenalty { get; init; }

    /// <summary>
    /// The number subtracted from the score of an id for each time it was generated. OpenAI's definition, as <see cref="PresencePenalty"/>. The
    /// default is 0.
    /// </summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Makes ids of the prompt more likely (above 1) or less likely (below 1); above 0. The default is 1.</summary>
    public double EncoderRepetitionPenalty { get; init; } = 1;

    /// <summary>The length of sequences of ids that cannot occur twice in a row; 0 (the default) for none.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>The length of sequences of ids of the prompt that cannot occur in the text; 0 (the default) for none.</summary>
    public int EncoderNoRepeatNgramSize { get; init; }

    /// <summary>The sequences of ids that are never completed. The default is none.</summary>
    public IReadOnlyList<IReadOnlyList<int>> BadWordsIds { get; init; } = [];

    /// <summary>The numbers added to the scores of tokens that complete a sequence. The default is none.</summary>
    public IReadOnlyList<SequenceBias> SequenceBias { get; init; } = [];

    /// <summary>The id of the first token after a start token. The default is <see langword="null"/>, any.</summary>
    public int? ForcedBosTokenId { get; init; }

    /// <summary>The ids of which one is selected as the last token when the maximum length is reached. The default is none.</summary>
    public IReadOnlyList<int> ForcedEosTokenIds { get; init; } = [];

    /// <summary>The ids that are never generated. The default is none.</summary>
    public IReadOnlyList<int> SuppressTokens { get; init; } = [];

    /// <summary>The ids that are not generated as the first token. The default is none.</summary>
    public IReadOnlyList<int> BeginSuppressTokens { get; init; } = [];

    /// <summary>Makes the end of long texts more likely. The default is <see langword="null"/>, none.</summary>
    public LengthDecay? ExponentialDecayLengthPenalty { get; init; }

    /// <summary>Whether NaN and infinite scores are replaced with finite ones. The default is <see langword="false"/>.</summary>
    public bool RemoveInvalidValues { get; init; }

    /// <summary>Whether scores are normalized to log-probabilities again after all rules. The default is <see langword="false"/>.</summary>
    public bool RenormalizeLogits { get; init; }

    /// <summary>
    /// The weight of the prompt compared to the model without it (Sanchez et al. 2023). Values other than 1 need a second pass. The default is 1, no
    /// guidance.
    /// </summary>
    public double GuidanceScale { get; init; } = 1;

    /// <summary>
    /// The weight of dissimilarity in contrastive search over <see cref="TopK"/> candidates (Su et al. 2022), from 0 to 1. The default is 0, no
    /// contrastive search.
    /// </summary>
    public double PenaltyAlpha { get; init; }

    /// <summary>
    /// The number of tokens that are looked up in the row itself and computed in one pass with the next one (prompt lookup decoding, Saxena 2023). Those count
    /// that would have been selected anyway, so the text stays the same and texts that repeat their prompt are faster. At most 7 are used: with more, a pass on
    /// a CPU is no longer as fast as with one. The default is 0, none.
    /// </summary>
    /// <remarks>
    /// No effect with several rows, whose passes would end at different places, with beams or <see cref="PenaltyAlpha"/>, with adapters whose gates take the mean
    /// over a pass, and with LLM.int8(), which rounds the tokens of a pass together. Sums of a pass are rounded otherwise than those of single tokens: where two
    /// tokens are equally likely up to float32 rounding, the other one can be selected.
    /// </remarks>
    public int PromptLookupNumTokens { get; init; }

    /// <summary>The maximum number of last tokens that are looked up for <see cref="PromptLookupNumTokens"/>, at least 1. The default is 2.</summary>
    public int MaxMatchingNgramSize { get; init; } = 2;

    /// <summary>The number of beams, at least 1. The default is 1, no beam search.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>The number of diverse groups of beams (Vijayakumar et al. 2016), which divides <see cref="NumBeams"/>. The default is 1.</summary>
    public int NumBeamGroups { get; init; } = 1;

    /// <summary>
    /// The number subtracted from the score of a token for every beam of an earlier group that selected it at the same step. The default is 0.
    /// </summary>
    public double DiversityPenalty { get; init; }

    /// <summary>
    /// The exponent of the length by which beam scores are divided: above 0 favors long texts, below 0 short ones. The default is 1.
    /// </summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>The condition for stopping beam search. The default is <see cref="EarlyStopping.Estimate"/>.</summary>
    public EarlyStopping EarlyStopping { get; init; }

    /// <summary>Whether the result includes the log-probability of every selected id. The default is <see langword="false"/>.</summary>
    public bool OutputLogProbabilities { get; init; }

    /// <summary>The caller's own rules for scores. They run after all others except renormalization. The default is none.</summary>
    public IReadOnlyList<ILogitsProcessor> Processors { get; init; } = [];

    /// <summary>Computes the maximum length of a row for a prompt of a number of tokens.</summary>
    internal int LengthLimit(int promptLength) =>
        MaxNewTokens is null && MaxLength is { } length ? length : (int)Math.Min(int.MaxValue, (long)promptLength + (MaxNewTokens ?? DefaultNewTokens));
}

/// <summary>The condition for stopping beam search although some beams still run.</summary>
public enum EarlyStopping
{
    /// <summary>Stops when the best running beam, scored at its current length, is not better than the worst finished one.</summary>
    Estimate,

    /// <summary>Stops as soon as there are as many finished hypotheses as beams.</summary>
    Immediate,

    /// <summary>Stops only when no running beam can become better than the worst finished one, regardless of its final length.</summary>
    Never,
}

/// <summary>Makes the end of a text exponentially more likely once a row is longer than a number of tokens.</summary>
/// <param name="Start">The number of new tokens after which it applies.</param>
/// <param name="Factor">The growth per token, above 1.</param>
public sealed record LengthDecay(int Start, double Factor);

/// <summary>A number that is added to the score of the token that completes a sequence.</summary>
/// <param name="Ids">The sequence. Its last id gets the bias when the row ends with the others.</param>
/// <param name="Bias">The number; negative values make it less likely, −∞ forbids it.</param>
public sealed record SequenceBias(IReadOnlyList<int> Ids, double Bias);
