using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Peft.Declarative.Serving;

/// <summary>A chat client whose answers are those of one persona, unless a call names another.</summary>
/// <param name="inner">Answers by the personas.</param>
/// <param name="persona">The name; <see langword="null"/> for the base model.</param>
internal sealed class PersonaChatClient(IChatClient inner, string? persona) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetResponseAsync(messages, Named(options), cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, Named(options), cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    // The inner client is shared by all personas and belongs to the container.
    protected override void Dispose(bool disposing)
    {
    }

    private ChatOptions Named(ChatOptions? options)
    {
        ChatOptions named = options?.Clone() ?? new ChatOptions();
        named.ModelId ??= persona;
        return named;
    }
}
