using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Peft.Declarative.Chat;
using Peft.Declarative.Generation;

namespace Peft.Declarative;

/// <summary>
/// An <see cref="IChatClient"/> of Microsoft.Extensions.AI that uses a model, with the adapter that a call names by <see
/// cref="ChatOptions.ModelId"/>, or else the active ones.
/// </summary>
/// <remarks>
/// The model's chat template formats conversations. Answers are computed on another thread, one at a time: a second call waits for the first, also
/// one of another client of the same model. The client does not dispose the model.
/// </remarks>
/// <example>
/// <code>
/// using var client = new ModelChatClient(model, tokenizer);
/// ChatResponse answer = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Who goes there?")]);
/// </code>
/// </example>
public sealed class ModelChatClient : IChatClient
{
    private readonly CausalLanguageModel _model;
    private readonly TextGenerator _generator;
    private readonly TextStream? _stream;
    private readonly ChatFormat _format;
    private readonly ChatClientMetadata _metadata;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Creates a client.</summary>
    /// <param name="model">The model. Other uses of it wait for the end of a call.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="format">Formats conversations. The default is the tokenizer's default chat template.</param>
    /// <exception cref="PeftException">PEFT506: the tokenizer has no usable chat template.</exception>
    public ModelChatClient(CausalLanguageModel model, Tokenizer tokenizer, ChatFormat? format = null)
        : this(model, tokenizer, format, stream: null)
    {
    }

    /// <summary>Creates a client whose texts come from elsewhere, such as a batch of several conversations.</summary>
    internal ModelChatClient(CausalLanguageModel model, Tokenizer tokenizer, ChatFormat? format, TextStream? stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _stream) = (model, stream);
        _generator = new TextGenerator(model, tokenizer);
        _format = format ?? ChatFormat.For(tokenizer);
        _metadata = new ChatClientMetadata("peft.declarative", defaultModelId: model.GetType().Name);
    }

    /// <summary>Answers a conversation.</summary>
    /// <inheritdoc cref="GetStreamingResponseAsync"/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <summary>Answers a conversation in pieces. The last update contains the finish reason and the number of tokens.</summary>
    /// <param name="messages">The conversation. Its contents must be text.</param>
    /// <param name="options">
    /// The options that differ from the model's own settings. ModelId is the name of the adapter that answers; the default is the active ones. A
    /// temperature of 0 selects the most likely tokens. Tools are not called.
    /// </param>
    /// <param name="cancellationToken">Ends the answer with <see cref="OperationCanceledException"/>. Leaving the loop early ends it too.</param>
    /// <exception cref="PeftException">
    /// PEFT506: the template refuses the conversation. PEFT801: options are out of range. PEFT804: contents or options are not supported. PEFT703:
    /// the model has no adapter of the name in ModelId.
    /// </exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        JsonArray conversation = Conversation.Of(messages, options);
        GenerationOptions generation = ChatSettings.Apply(_generator.Defaults, options);
        generation = generation with { EosTokenIds = generation.EosTokenIds ?? Ends() };
        string? adapter = AdapterOf(options);
        var prompt = new ChatPrompt(_format, conversation);
        string id = Guid.NewGuid().ToString("N");
        var stops = new StopText([.. options?.StopSequences ?? []]);
        StreamEnd end = default;

        await foreach (string piece in (_stream ?? InTurn)(prompt, generation, adapter, done => end = done, cancellationToken).ConfigureAwait(false))
        {
            if (stops.Add(piece) is { Length: > 0 } shown)
            {
                yield return Update(id, adapter, new TextContent(shown));
            }
        }

        if (stops.Complete() is { Length: > 0 } rest)
        {
            yield return Update(id, adapter, new TextContent(rest));
        }

        ChatResponseUpdate last = Update(id, adapter, new UsageContent(new UsageDetails
        {
            InputTokenCount = prompt.Ids.Count,
            OutputTokenCount = end.NewTokens,
            TotalTokenCount = prompt.Ids.Count + end.NewTokens,
        }));
        last.FinishReason = end.ReachedLimit && !stops.Found ? ChatFinishReason.Length : ChatFinishReason.Stop;
        yield return last;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Frees the client, not the model.</summary>
    public void Dispose() => _turn.Dispose();

    private async IAsyncEnumerable<string> InTurn(
        ChatPrompt prompt, GenerationOptions options, string? adapter, Action<StreamEnd> onEnd, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IReadOnlyList<int> ids = prompt.Ids;   // what is wrong with a conversation is told before it waits
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await foreach (string piece in _generator.StreamAsync(ids, options, adapter, onEnd, cancellation).ConfigureAwait(false))
            {
                yield return piece;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    // The format can be of another template than the tokenizer's own.
    private int[] Ends() => [.. _generator.Ends.StopIds.Union(_format.TurnEnd is { } turn ? [turn] : [])];

    // Clients send the class of the model back as its id. It means the active adapters.
    private string? AdapterOf(ChatOptions? options) => options?.ModelId is not { Length: > 0 } id || id == _metadata.DefaultModelId ? null
        : _stream is null ? _model.Adapters[id].Name : id;

    private ChatResponseUpdate Update(string id, string? adapter, AIContent content) => new(ChatRole.Assistant, [content])
    {
        ResponseId = id,
        MessageId = id,
        ModelId = adapter ?? _metadata.DefaultModelId,
        CreatedAt = DateTimeOffset.UtcNow,
    };
}

/// <summary>Generates a text in pieces.</summary>
/// <param name="prompt">The prompt.</param>
/// <param name="options">How to generate.</param>
/// <param name="adapter">The adapter; <see langword="null"/> for the active ones.</param>
/// <param name="onEnd">Gets the end before the last piece.</param>
/// <param name="cancellation">Ends the text.</param>
internal delegate IAsyncEnumerable<string> TextStream(
    ChatPrompt prompt, GenerationOptions options, string? adapter, Action<StreamEnd> onEnd, CancellationToken cancellation);
