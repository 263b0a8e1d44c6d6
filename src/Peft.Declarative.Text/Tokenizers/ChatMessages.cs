using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Text.Tokenizers;

/// <summary>Messages as templates expect them, of what tools for data write.</summary>
internal static class ChatMessages
{
    /// <summary>
    /// Without the fields that are null because another message has them, such as <c>"tool_calls": null</c>; and with <c>content</c> that is a list of texts as
    /// one text, if the template reads no lists.
    /// </summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="readsParts">Whether the template reads lists of parts; asked only if there is one.</param>
    /// <exception cref="TemplateException">PEFT506: a part is no text, and the template reads texts only.</exception>
    internal static JsonArray Clean(JsonArray messages, Func<bool> readsParts)
    {
        if (!messages.Any(message => message is JsonObject fields && fields.Any(field => field.Value is null or JsonArray)))
        {
            return messages;
        }

        JsonArray clean = [];
        foreach (JsonNode? message in messages)
        {
            clean.Add(message is JsonObject fields ? Clean(fields, clean.Count + 1, readsParts) : message?.DeepClone());
        }

        return clean;
    }

    // A null content beside calls of tools is what the model wrote: nothing.
    private static JsonObject Clean(JsonObject message, int number, Func<bool> readsParts)
    {
        JsonObject clean = [];
        foreach ((string name, JsonNode? value) in message)
        {
            if (name == "content" && value is JsonArray parts && !readsParts())
            {
                clean[name] = string.Concat(parts.Select(part => Text(part, number)));
            }
            else if (name == "tool_calls" && value is JsonArray calls)
            {
                clean[name] = new JsonArray([.. calls.Select(Call)]);
            }
            else if (value is not null || name == "content")
            {
                clean[name] = value?.DeepClone();
            }
        }

        return clean;
    }

    // Arguments stay as they are: a null there is a value.
    private static JsonNode? Call(JsonNode? call) => call is not JsonObject fields ? call?.DeepClone() : new JsonObject(fields
        .Where(field => field.Value is not null)
        .Select(field => KeyValuePair.Create(field.Key, field.Key == "function" ? Call(field.Value) : field.Value!.DeepClone())));

    private static string Text(JsonNode? part, int number) => part switch
    {
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonObject fields when fields["text"] is JsonValue value && value.TryGetValue(out string? text) => text,
        _ => throw new TemplateException(1, $"it reads texts only, but message {number} has a part of the type '{UntrustedText.Shown((part as JsonObject)?["type"]?.ToString() ?? "")}'"),
    };
}
