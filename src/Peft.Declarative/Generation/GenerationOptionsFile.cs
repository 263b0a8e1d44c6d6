using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative;

/// <summary>Reads <c>generation_config.json</c>. Keys without a meaning here are ignored, as in the Python library.</summary>
/// <example>
/// <code>
/// GenerationOptions options = GenerationOptionsFile.Read("models/llama-3.2-1b") with { MaxNewTokens = 200 };
/// </code>
/// </example>
public static class GenerationOptionsFile
{
    /// <summary>The name of the file in a model's directory.</summary>
    public const string Name = "generation_config.json";

    /// <summary>Reads the options in a model's directory. If it has no such file, the defaults are returned.</summary>
    /// <param name="directory">The directory of a model.</param>
    /// <exception cref="PeftException">
    /// PEFT504: the file is not JSON. PEFT802: values are of the wrong type. The message lists all of them.
    /// </exception>
    public static GenerationOptions Read(string directory)
    {
        string path = Path.Combine(directory, Name);
        return File.Exists(path) ? From(JsonFile.ReadObject(path), path) : new GenerationOptions();
    }

    internal static GenerationOptions From(JsonObject json, string path)
    {
        Fields fields = new(json);
        GenerationOptions none = new();
        GenerationOptions options = new()
        {
            MaxNewTokens = fields.Value<int?>("max_new_tokens", null),
            MaxLength = fields.Value<int?>("max_length", null),
            MinLength = fields.Value("min_length", none.MinLength),
            MinNewTokens = fields.Value("min_new_tokens", none.MinNewTokens),
            DoSample = fields.Value("do_sample", none.DoSample),
            NumReturnSequences = fields.Value("num_return_sequences", none.NumReturnSequences),
            EosTokenIds = json.ContainsKey("eos_token_id") ? fields.Ids("eos_token_id") : null,
            PadTokenId = fields.Value<int?>("pad_token_id", null),
            StopStrings = fields.Texts("stop_strings"),
            UseCache = fields.Value("use_cache", none.UseCache),
            Temperature = fields.Value("temperature", none.Temperature),
            TopK = fields.Value("top_k", none.TopK),
            TopP = fields.Value("top_p", none.TopP),
            MinP = fields.Value("min_p", none.MinP),
            TypicalP = fields.Value("typical_p", none.TypicalP),
            EpsilonCutoff = fields.Value("epsilon_cutoff", none.EpsilonCutoff),
            EtaCutoff = fields.Value("eta_cutoff", none.EtaCutoff),
            RepetitionPenalty = fields.Value("repetition_penalty", none.RepetitionPenalty),
            PresencePenalty = fields.Value("presence_penalty", none.PresencePenalty),
            FrequencyPenalty = fields.Value("frequency_penalty", none.FrequencyPenalty),
            EncoderRepetitionPenalty = fields.Value("encoder_repetition_penalty", none.EncoderRepetitionPenalty),
            NoRepeatNgramSize = fields.Value("no_repeat_ngram_size", none.NoRepeatNgramSize),
            EncoderNoRepeatNgramSize = fields.Value("encoder_no_repeat_ngram_size", none.EncoderNoRepeatNgramSize),
            BadWordsIds = fields.Value<int[][]>("bad_words_ids", []),
            SequenceBias = fields.Biases("sequence_bias"),
            ForcedBosTokenId = fields.Value<int?>("forced_bos_token_id", null),
            ForcedEosTokenIds = fields.Ids("forced_eos_token_id"),
            SuppressTokens = fields.Ids("suppress_tokens"),
            BeginSuppressTokens = fields.Ids("begin_suppress_tokens"),
            ExponentialDecayLengthPenalty = fields.Value<double[]?>("exponential_decay_length_penalty", null) is [double start, double factor]
                ? new LengthDecay((int)start, factor) : null,
            RemoveInvalidValues = fields.Value("remove_invalid_values", none.RemoveInvalidValues),
            RenormalizeLogits = fields.Value("renormalize_logits", none.RenormalizeLogits),
            GuidanceScale = fields.Value("guidance_scale", none.GuidanceScale),
            PenaltyAlpha = fields.Value("penalty_alpha", none.PenaltyAlpha),
            PromptLookupNumTokens = fields.Value("prompt_lookup_num_tokens", none.PromptLookupNumTokens),
            MaxMatchingNgramSize = fields.Value("max_matching_ngram_size", none.MaxMatchingNgramSize),
            NumBeams = fields.Value("num_beams", none.NumBeams),
            NumBeamGroups = fields.Value("num_beam_groups", none.NumBeamGroups),
            DiversityPenalty = fields.Value("diversity_penalty", none.DiversityPenalty),
            LengthPenalty = fields.Value("length_penalty", none.LengthPenalty),
            EarlyStopping = fields.EarlyStopping("early_stopping"),
        };
        fields.ThrowIfWrong(path);
        return options;
    }

    /// <summary>Gives typed access and collects every value of the wrong type.</summary>
    private sealed class Fields(JsonObject json)
    {
        private readonly List<string> _problems = [];

        /// <summary>Gets a value. A null in the file means the default, as in Python.</summary>
        internal T Value<T>(string name, T fallback)
        {
            if (json[name] is not { } node)
            {
                return fallback;
            }

            try
            {
                return node.Deserialize<T>() ?? fallback;
            }
            catch (JsonException)
            {
                _problems.Add($"'{name}' is {UntrustedText.Shown(node.ToJsonString())}");
                return fallback;
            }
        }

        /// <summary>Gets one id or a list of them.</summary>
        internal int[] Ids(string name) =>
            json[name] is JsonArray ? Value<int[]>(name, []) : Value<int?>(name, null) is { } id ? [id] : [];

        /// <summary>Gets one text or a list of them.</summary>
        internal string[] Texts(string name) =>
            json[name] is JsonArray ? Value<string[]>(name, []) : Value<string?>(name, null) is { } text ? [text] : [];

        internal EarlyStopping EarlyStopping(string name) => json[name]?.GetValueKind() switch
        {
            null or JsonValueKind.False => Peft.Declarative.EarlyStopping.Estimate,
            JsonValueKind.True => Peft.Declarative.EarlyStopping.Immediate,
            _ => Value(name, "") == "never" ? Peft.Declarative.EarlyStopping.Never : Wrong<EarlyStopping>(name),
        };

        /// <summary>Gets pairs of ids and number, [[[1, 2], 0.5], …].</summary>
        internal SequenceBias[] Biases(string name) => [.. Value<JsonArray>(name, []).Select(pair => Bias(name, pair)).OfType<SequenceBias>()];

        private SequenceBias? Bias(string name, JsonNode? pair)
        {
            try
            {
                return pair is JsonArray and [{ } ids, { } bias]
                    ? new SequenceBias(ids.Deserialize<int[]>()!, bias.Deserialize<double>())
                    : Wrong<SequenceBias>(name);
            }
            catch (JsonException)
            {
                return Wrong<SequenceBias>(name);
            }
        }

        internal void ThrowIfWrong(string path)
        {
            if (_problems.Count > 0)
            {
                throw new PeftException(RuleIds.GenerationConfigUnreadable,
                    $"'{path}' has values of the wrong type: {ProblemList.Of(_problems)}. Correct them or delete the file.");
            }
        }

        private T? Wrong<T>(string name)
        {
            _problems.Add($"'{name}' is {UntrustedText.Shown(json[name]!.ToJsonString())}");
            return default;
        }
    }
}
