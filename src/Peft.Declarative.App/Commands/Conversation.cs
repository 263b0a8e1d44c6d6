using System.Text.Json.Nodes;

namespace Peft.Declarative.App.Commands;

/// <summary>A conversation. It is rendered with the chat template of the model, or line by line if the model has none.</summary>
internal sealed class Conversation(Tokenizer tokenizer, PromptForm form)
{
    private readonly ChatTemplate? _template = tokenizer.ChatTemplate is { } source ? ChatTemplate.Parse(source) : null;
    private readonly JsonArray _messages = [];

    internal bool HasTemplate => _template is not null;

    /// <summary>Adds a question and returns the token ids of the conversation.</summary>
    internal IReadOnlyList<int> Ask(string line)
    {
        if (_template is null)
        {
            // A model without a chat template was not trained for conversations. Each line is a separate prompt, as for 'generate', in the form of the training data.
            return tokenizer.Encode(form.Complete(line));
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
        return tokenizer.Encode(chat.Text, addSpecialTokens: false);   // the template contains them
    }

    internal void Answered(string answer) => _messages.Add(Message("assistant", answer));

    internal void Clear() => _messages.Clear();

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
