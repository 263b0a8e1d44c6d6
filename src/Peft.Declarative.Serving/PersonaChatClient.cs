using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Serving;

/// <summary>A chat client whose answers are those of one persona, unless a call names another.</summary>
/// <param name="inner">Answers by the adapters.</param>
/// <param name="store">The personas.</param>
/// <param name="persona">The name; <see langword="null"/> for the base model.</param>
internal sealed class PersonaChatClient(IChatClient inner, PersonaStore store, string? persona) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        (IEnumerable<ChatMessage> told, ChatOptions named) = Named(messages, options);
        return base.GetResponseAsync(told, named, cancellationToken);
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        (IEnumerable<ChatMessage> told, ChatOptions named) = Named(messages, options);
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(told, named, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    // The inner client is shared by all personas and belongs to the container.
    protected override void Dispose(bool disposing)
    {
    }

    private (IEnumerable<ChatMessage> Messages, ChatOptions Options) Named(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatOptions named = options?.Clone() ?? new ChatOptions();
        named.ModelId ??= persona;
        if (named.ModelId is not { Length: > 0 } name || store.TextOf(name) is not { } text)
        {
            return (messages, named);
        }

        // One system prompt, because many templates know no second one.
        List<ChatMessage> rest = [.. messages];
        foreach (string own in new[] { named.Instructions, rest.FirstOrDefault()?.Role == ChatRole.System ? rest[0].Text : null }.OfType<string>())
        {
            text = TextPersonas.Joined(text, own);
        }

        named.Instructions = text;
        return (rest.FirstOrDefault()?.Role == ChatRole.System ? rest.Skip(1) : rest, named);
    }
}
