using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Chat;

/// <summary>Converts messages to the input of chat templates.</summary>
internal static class Conversation
{
    /// <exception cref="PeftException">
    /// PEFT804: there are contents or options that a text model does not support. The message lists all of them.
    /// </exception>
    internal static JsonArray Of(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        List<string> problems = [];
        if (options?.Tools is { Count: > 0 } tools)
        {
            problems.Add($"Tools has {tools.Count} tools, which this client does not call");
        }

        if (options?.ResponseFormat is ChatResponseFormatJson)
        {
            problems.Add("ResponseFormat asks for JSON, which is not enforced");
        }

        JsonArray conversation = options?.Instructions is { Length: > 0 } instructions ? [Turn("system", instructions)] : [];
        foreach (ChatMessage message in messages)
        {
            string[] others = [.. message.Contents.Where(content => content is not TextContent).Select(content => content.GetType().Name)];
            if (others.Length > 0)
            {
                problems.Add($"message {conversation.Count + 1} has {string.Join(", ", others)}, but only text can be read");
            }

            conversation.Add(Turn(message.Role.Value, message.Text));
        }

        return problems.Count == 0 ? conversation : throw new PeftException(RuleIds.ChatUnsupported,
            $"The model cannot answer this: {ProblemList.Of(problems)}. Leave them out.");
    }

    private static JsonObject Turn(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
