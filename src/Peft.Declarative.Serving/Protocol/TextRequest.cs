using System.Text.Json.Nodes;

namespace Peft.Declarative.Serving.Protocol;

/// <summary>A request for text, of either endpoint, as the engine reads it.</summary>
internal sealed record TextRequest
{
    /// <summary>The most stop sequences that a request may have, as in OpenAI's protocol.</summary>
    private const int MaxStops = 4;

    // Of OpenAI's protocol, too.
    private const int MaxTools = 128;
    private const int MostChatAlternatives = 20;
    private const int MostAlternatives = 5;

    /// <summary>What the request names as its model.</summary>
    internal required string Model { get; init; }

    /// <summary>The conversation; <see langword="null"/> for a completion.</summary>
    internal JsonArray? Messages { get; init; }

    /// <summary>Tools that the chat template shows to the model.</summary>
    internal JsonArray? Tools { get; init; }

    /// <summary>Further variables of the chat template.</summary>
    internal JsonObject? TemplateVariables { get; init; }

    /// <summary>The text to continue; <see langword="null"/> for a conversation.</summary>
    internal string? Prompt { get; init; }

    /// <summary>Whether the answer repeats the prompt.</summary>
    internal bool Echo { get; init; }

    /// <summary>Whether the answer comes piece by piece.</summary>
    internal bool Stream { get; init; }

    /// <summary>Whether the stream ends with the numbers of tokens.</summary>
    internal bool StreamUsage { get; init; }

    /// <summary>The number of alternatives that are told of each token; <see langword="null"/> for no log-probabilities.</summary>
    internal int? TopLogProbabilities { get; init; }

    /// <summary>The number of answers.</summary>
    internal int Choices { get; init; } = 1;

    /// <summary>How to generate, over the model's own settings.</summary>
    internal required Func<GenerationOptions, GenerationOptions> Settings { get; init; }

    /// <summary>Reads a request for chat completions.</summary>
    /// <exception cref="ProtocolException">400: fields are wrong; all are named.</exception>
    internal static TextRequest Chat(RequestBody body, PeftServerOptions limits)
    {
        JsonArray? messages = body.Objects("messages", limits.MaxMessages);
        if (messages is null or { Count: 0 })
        {
            body.Note("messages", "must have at least one message");
        }

        JsonArray? tools = body.Objects("tools", MaxTools);
        string? toolChoice = body.OneOf("tool_choice", ["auto", "none"], "can only be 'auto' or 'none', because the model is not held to a call");
        JsonObject? variables = body.Object("chat_template_kwargs");
        long? tokens = body.Integer("max_completion_tokens", 1, limits.MaxNewTokens) ?? body.Integer("max_tokens", 1, limits.MaxNewTokens);
        body.Refuse("functions", "is not supported; send 'tools'");
        bool likely = body.Flag("logprobs");
        long? top = body.Integer("top_logprobs", 0, MostChatAlternatives);
        if (top > 0 && !likely)
        {
            body.Note("top_logprobs", "needs 'logprobs' to be true");
        }

        return Common(body, limits, tokens) with
        {
            Messages = messages,
            Tools = toolChoice == "none" ? null : tools,
            TemplateVariables = variables,
            TopLogProbabilities = likely ? (int)(top ?? 0) : null,
        };
    }

    /// <summary>Reads a request for completions.</summary>
    /// <exception cref="ProtocolException">400: fields are wrong; all are named.</exception>
    internal static TextRequest Completion(RequestBody body, PeftServerOptions limits)
    {
        IReadOnlyList<string> prompts = body.Texts("prompt", 1);
        if (prompts.Count == 0)
        {
            body.Note("prompt", "must be one text");
        }

        body.Refuse("suffix", "is not supported, because the model writes at the end of a text only");
        long? likely = body.Integer("logprobs", 0, MostAlternatives);
        bool echo = body.Flag("echo");
        if (likely is not null && echo)
        {
            body.Note("logprobs", "cannot be combined with 'echo', because those of the prompt are not computed");
        }

        body.Refuse("best_of", "is not supported; use 'n'", value => value is JsonValue number && number.TryGetValue(out int best) && best == 1);
        return Common(body, limits, body.Integer("max_tokens", 1, limits.MaxNewTokens)) with
        {
            Prompt = prompts.FirstOrDefault(),
            Echo = echo,
            TopLogProbabilities = (int?)likely,
        };
    }

    private static TextRequest Common(RequestBody body, PeftServerOptions limits, long? tokens)
    {
        string? model = body.Text("model");
        if (string.IsNullOrEmpty(model))
        {
            body.Note("model", "must name a model; GET /v1/models lists them");
        }

        double? temperature = body.Number("temperature", 0, 2), topP = body.Number("top_p", 0, 1);
        if (topP == 0)
        {
            // As in vLLM. It would leave no token to sample.
            body.Note("top_p", "must be above 0; 'temperature' 0 takes the most likely token");
        }

        double? presence = body.Number("presence_penalty", -2, 2), frequency = body.Number("frequency_penalty", -2, 2);
        long? seed = body.Integer("seed", long.MinValue, long.MaxValue);
        IReadOnlyList<string> stops = body.Texts("stop", MaxStops);
        long choices = body.Integer("n", 1, limits.MaxChoices) ?? 1;
        bool stream = body.Flag("stream");
        bool usage = body.Object("stream_options")?["include_usage"] is JsonValue include && include.TryGetValue(out bool wanted) && wanted;
        body.Refuse("response_format", "asks for a form that the model is not held to; only the type 'text' is supported",
            value => value is JsonObject format && format["type"] is JsonValue type && type.TryGetValue(out string? text) && text == "text");
        body.Refuse("logit_bias", "is not supported", value => value is JsonObject { Count: 0 });
        if (stops.Any(stop => stop.Length == 0))
        {
            body.Note("stop", "has an empty text, which would end every answer at once");
        }

        body.ThrowIfWrong();
        return new TextRequest
        {
            Model = model!,
            Stream = stream,
            StreamUsage = usage,
            Choices = (int)choices,
            Settings = defaults => defaults with
            {
                MaxNewTokens = (int)(tokens ?? Math.Min(defaults.MaxNewTokens ?? int.MaxValue, limits.MaxNewTokens)),
                NumBeams = 1,
                NumReturnSequences = 1,
                DoSample = temperature is not null || topP is not null ? temperature != 0 : defaults.DoSample,
                Temperature = temperature is > 0 ? temperature.Value : defaults.Temperature,
                TopP = topP ?? defaults.TopP,
                PresencePenalty = presence ?? defaults.PresencePenalty,
                FrequencyPenalty = frequency ?? defaults.FrequencyPenalty,
                Seed = seed ?? defaults.Seed,
                StopStrings = stops.Count > 0 ? stops : defaults.StopStrings,
            },
        };
    }
}
