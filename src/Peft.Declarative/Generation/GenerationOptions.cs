namespace Peft.Declarative;

/// <summary>
/// How text is generated. Names and defaults are those of Hugging Face's <c>generation_config.json</c>, which
/// <see cref="GenerationOptionsFile"/> reads; what is set here comes before what a model's file says.
/// </summary>
public sealed record GenerationOptions
{
    /// <summary>New tokens where neither <see cref="MaxNewTokens"/> nor <see cref="MaxLength"/> is set.</summary>
    public const int DefaultNewTokens = 256;

    /// <summary>Most tokens to generate; comes before <see cref="MaxLength"/>. A model's own greatest length is never exceeded.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>Most tokens of prompt and text together; more than the prompt has.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Fewest tokens of prompt and text together before the text may end.</summary>
    public int MinLength { get; init; }

    /// <summary>Fewest new tokens before the text may end.</summary>
    public int MinNewTokens { get; init; }

    /// <summary>Draws tokens by their probability; otherwise the most likely one is taken.</summary>
    public bool DoSample { get; init; }

    /// <summary>Seed of the draws, so that a run can be repeated on one machine; a fresh one each time unless set.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts per prompt, from draws or beams.</summary>
    public int NumReturnSequences { get; init; } = 1;

    /// <summary>Ids that end a text; those of <see cref="TextEnds"/> unless set, none if empty.</summary>
    public IReadOnlyList<int>? EosTokenIds { get; init; }

    /// <summary>Id that fills rows that ended early; the model's own unless set, else the first that ends a text, else 0.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>A row ends with the token that completes one of these. Needs a tokenizer.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Keeps keys and values of earlier tokens instead of computing them anew for each token.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>Divides scores before drawing: below 1 the text is more predictable, above 1 more varied; 0 takes the most likely token.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draws among this many most likely tokens, ties included; 0 for all.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>Draws among the fewest tokens that together have this probability (Holtzman et al. 2019); 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Draws among tokens with at least this share of the most likely one's probability; 0 for all.</summary>
    public double MinP { get; init; }

    /// <summary>Draws among tokens of nearly the expected information, up to this probability (Meister et al. 2022); 1 for all.</summary>
    public double TypicalP { get; init; } = 1;

    /// <summary>Draws among tokens of at least this probability (Hewitt et al. 2022); 0 for all.</summary>
    public double EpsilonCutoff { get; init; }

    /// <summary>Like <see cref="EpsilonCutoff"/>, lower where the distribution is flat (Hewitt et al. 2022); 0 for all.</summary>
    public double EtaCutoff { get; init; }

    /// <summary>Makes ids that occur in the row less likely (above 1) or more so (below 1), once each (Keskar et al. 2019).</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>
    /// Taken off the score of an id that was generated, however often; 0 for none. OpenAI's definition, there from −2 to 2; below 0 encourages. The prompt
    /// does not count.
    /// </summary>
    public double PresencePenalty { get; init; }

    /// <summary>Taken off the score of an id for each time that it was generated; 0 for none. OpenAI's definition, as <see cref="PresencePenalty"/>.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Makes ids of the prompt more likely (above 1) or less so (below 1).</summary>
    public double EncoderRepetitionPenalty { get; init; } = 1;

    /// <summary>No sequence of this many ids occurs twice in a row; 0 for no such rule.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>No sequence of this many ids of the prompt occurs in the text; 0 for no such rule.</summary>
    public int EncoderNoRepeatNgramSize { get; init; }

    /// <summary>Sequences of ids that are never completed.</summary>
    public IReadOnlyList<IReadOnlyList<int>> BadWordsIds { get; init; } = [];

    /// <summary>Numbers added to the scores of tokens that complete a sequence.</summary>
    public IReadOnlyList<SequenceBias> SequenceBias { get; init; } = [];

    /// <summary>Id of the first token after a start token.</summary>
    public int? ForcedBosTokenId { get; init; }

    /// <summary>Ids of which one is taken as the last token when the greatest length is reached.</summary>
    public IReadOnlyList<int> ForcedEosTokenIds { get; init; } = [];

    /// <summary>Ids that are never generated.</summary>
    public IReadOnlyList<int> SuppressTokens { get; init; } = [];

    /// <summary>Ids that are not generated first.</summary>
    public IReadOnlyList<int> BeginSuppressTokens { get; init; } = [];

    /// <summary>Makes long texts end; none unless set.</summary>
    public LengthDecay? ExponentialDecayLengthPenalty { get; init; }

    /// <summary>Replaces NaN and infinite scores by finite ones.</summary>
    public bool RemoveInvalidValues { get; init; }

    /// <summary>Makes scores log-probabilities again after all rules have changed them.</summary>
    public bool RenormalizeLogits { get; init; }

    /// <summary>Weight of the prompt against the model without it (Sanchez et al. 2023); 1 for no such guidance, which costs a second pass.</summary>
    public double GuidanceScale { get; init; } = 1;

    /// <summary>Weight of dissimilarity in contrastive search over <see cref="TopK"/> candidates (Su et al. 2022); 0 for none.</summary>
    public double PenaltyAlpha { get; init; }

    /// <summary>Texts that are pursued side by side; 1 for no beam search.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>Groups of beams that are kept apart (Vijayakumar et al. 2016); divides <see cref="NumBeams"/>.</summary>
    public int NumBeamGroups { get; init; } = 1;

    /// <summary>Taken off the score of a token for every beam of an earlier group that chose it at the same step.</summary>
    public double DiversityPenalty { get; init; }

    /// <summary>Exponent of the length by which beam scores are divided: above 0 favours long texts, below 0 short ones.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>When beam search stops.</summary>
    public EarlyStopping EarlyStopping { get; init; }

    /// <summary>Also gives the log-probability of every chosen id.</summary>
    public bool OutputLogProbabilities { get; init; }

    /// <summary>Own rules for scores; they run after all others except renormalisation.</summary>
    public IReadOnlyList<ILogitsProcessor> Processors { get; init; } = [];

    /// <summary>Greatest length of a row for a prompt of this many tokens.</summary>
    internal int LengthLimit(int promptLength) =>
        MaxNewTokens is null && MaxLength is { } length ? length : (int)Math.Min(int.MaxValue, (long)promptLength + (MaxNewTokens ?? DefaultNewTokens));
}

/// <summary>When beam search stops although some beams still run.</summary>
public enum EarlyStopping
{
    /// <summary>When the best running beam, scored at its present length, no longer beats the worst finished one. The usual choice.</summary>
    Estimate,

    /// <summary>As soon as there are as many finished hypotheses as beams.</summary>
    Immediate,

    /// <summary>Only when no running beam can beat the worst finished one, whatever its final length.</summary>
    Never,
}

/// <summary>Makes the end of text more likely, exponentially so, once a row is longer than wanted.</summary>
/// <param name="Start">Number of new tokens from which on it acts.</param>
/// <param name="Factor">Growth per token; above 1.</param>
public sealed record LengthDecay(int Start, double Factor);

/// <summary>A number that is added to the score of a token whenever the ones before it are the beginning of a sequence.</summary>
/// <param name="Ids">The sequence; its last id gets the bias when the row ends with the others.</param>
/// <param name="Bias">What is added; negative discourages, −∞ forbids.</param>
public sealed record SequenceBias(IReadOnlyList<int> Ids, double Bias);
