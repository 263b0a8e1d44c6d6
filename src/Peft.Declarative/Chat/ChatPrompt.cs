using System.Text.Json.Nodes;

namespace Peft.Declarative.Chat;

/// <summary>The prompt of a conversation. Whoever answers it may have it written with more in it.</summary>
/// <param name="format">Formats the conversation.</param>
/// <param name="conversation">The conversation.</param>
internal sealed class ChatPrompt(ChatFormat format, JsonArray conversation)
{
    private IReadOnlyList<int>? _ids;

    internal JsonArray Conversation => conversation;

    /// <summary>The tokens, as they were written last.</summary>
    internal IReadOnlyList<int> Ids => _ids ?? Write(conversation);

    /// <summary>Writes another conversation.</summary>
    /// <exception cref="PeftException">PEFT506: the template refuses it.</exception>
    internal IReadOnlyList<int> Write(JsonArray other) => _ids = format.EncodePrompt(other);
}
