using System.Text.Json.Nodes;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Serving.Protocol;

/// <summary>Writes answers in the form of one of OpenAI's two endpoints for text.</summary>
/// <param name="isChat">Whether it is that of conversations.</param>
/// <param name="model">The model that the request names.</param>
internal sealed class Answers(bool isChat, string model)
{
    private readonly string _id = $"{(isChat ? "chatcmpl" : "cmpl")}-{Guid.NewGuid():N}";
    private readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>The first piece of a streamed conversation, which says who speaks; <see langword="null"/> for a completion.</summary>
    internal JsonObject? Opening(int choice) =>
        isChat ? Chunk(choice, new JsonObject { ["role"] = "assistant", ["content"] = "" }, finish: null) : null;

    /// <summary>A piece of a streamed answer.</summary>
    internal JsonObject Piece(int choice, string text, JsonObject? likely = null) =>
        isChat ? Chunk(choice, new JsonObject { ["content"] = text }, finish: null, likely) : Whole([Completion(choice, text, null, likely)]);

    /// <summary>The end of a streamed answer.</summary>
    internal JsonObject End(int choice, TextEnd end) => isChat ? Chunk(choice, [], Reason(end)) : Whole([Completion(choice, "", Reason(end), null)]);

    /// <summary>The last piece of a stream whose client asks for the numbers of tokens.</summary>
    internal JsonObject StreamUsage(int prompt, IReadOnlyList<TextEnd> ends)
    {
        JsonObject chunk = isChat ? Envelope("chat.completion.chunk", []) : Whole([]);
        chunk["usage"] = Usage(prompt, ends);
        return chunk;
    }

    /// <summary>A whole answer.</summary>
    internal JsonObject Of(IReadOnlyList<Choice> choices, int prompt)
    {
        JsonArray list = [.. choices.Select((choice, index) => isChat
            ? Message(index, choice.Text, Reason(choice.End), choice.Likely) : Completion(index, choice.Text, Reason(choice.End), choice.Likely))];
        JsonObject answer = isChat ? Envelope("chat.completion", list) : Whole(list);
        answer["usage"] = Usage(prompt, [.. choices.Select(choice => choice.End)]);
        return answer;
    }

    private static string Reason(TextEnd end) => end.ReachedLimit ? "length" : "stop";

    private static JsonObject Usage(int prompt, IReadOnlyList<TextEnd> ends)
    {
        int generated = ends.Sum(end => end.Tokens);
        return new JsonObject
        {
            ["prompt_tokens"] = prompt,
            ["completion_tokens"] = generated,
            ["total_tokens"] = prompt + generated,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = ends.Min(end => end.CachedTokens) },   // all texts share what the first one reads
        };
    }

    private static JsonObject Message(int choice, string text, string finish, JsonObject? likely) => new()
    {
        ["index"] = choice,
        ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
        ["logprobs"] = likely,
        ["finish_reason"] = finish,
    };

    private static JsonObject Completion(int choice, string text, string? finish, JsonObject? likely) =>
        new() { ["index"] = choice, ["text"] = text, ["logprobs"] = likely, ["finish_reason"] = finish };

    private JsonObject Chunk(int choice, JsonObject delta, string? finish, JsonObject? likely = null) => Envelope("chat.completion.chunk",
        [new JsonObject { ["index"] = choice, ["delta"] = delta, ["logprobs"] = likely, ["finish_reason"] = finish }]);

    private JsonObject Whole(JsonArray choices) => Envelope("text_completion", choices);

    private JsonObject Envelope(string kind, JsonArray choices) =>
        new() { ["id"] = _id, ["object"] = kind, ["created"] = _created, ["model"] = model, ["choices"] = choices };
}

/// <summary>One text of an answer.</summary>
/// <param name="Text">The text.</param>
/// <param name="End">How it ended.</param>
/// <param name="Likely">How likely its tokens were; <see langword="null"/> if that was not asked for.</param>
internal sealed record Choice(string Text, TextEnd End, JsonObject? Likely);
