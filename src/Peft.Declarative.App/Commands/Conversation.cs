using System.Text.Json.Nodes;

namespace Peft.Declarative.App.Commands;

/// <summary>What was said so far, as the model wants to read it: through its chat template, or line by line if it has none.</summary>
internal sealed class Conversation(Tokenizer tokenizer)
{
    private readonly ChatTemplate? _template = tokenizer.ChatTemplate is { } source ? ChatTemplate.Parse(source) : null;
    private readonly JsonArray _messages = [];

    /// <summary>Ids of the conversation with a question at its end.</summary>
    internal IReadOnlyList<int> Ask(string line)
    {
        if (_template is null)
        {
            // A model without a template has not learnt to converse: each line is a prompt of its own, just as 'generate' takes it.
            return tokenizer.Encode(line);
        }

        _messages.Add(Message("user", line));
        RenderedChat chat = _template.Render(_messages, new ChatTemplateOptions
        {
            AddGenerationPrompt = true,
            BosToken = tokenizer.SpecialTokens.Bos,
            EosToken = tokenizer.SpecialTokens.Eos,
            PadToken = tokenizer.SpecialTokens.Pad,
            UnknownToken = tokenizer.SpecialTokens.Unknown,
        });
        return tokenizer.Encode(chat.Text, addSpecialTokens: false);   // the template writes them itself
    }

    internal void Answered(string answer) => _messages.Add(Message("assistant", answer));

    internal void Clear() => _messages.Clear();

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
