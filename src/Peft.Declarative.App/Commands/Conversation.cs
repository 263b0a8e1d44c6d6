using System.Text.Json.Nodes;
using Peft.Declarative.Text.Tokenizers;

namespace Peft.Declarative.App.Commands;

/// <summary>A conversation. It is rendered with the chat template of the model, or line by line if the model has none.</summary>
internal sealed class Conversation(Tokenizer tokenizer, PromptForm form)
{
    private readonly ChatFormat? _format = tokenizer.ChatTemplate is null ? null : ChatFormat.For(tokenizer);
    private readonly TokenFrame _frame = new(tokenizer);
    private readonly JsonArray _messages = [];

    internal bool HasTemplate => _format is not null;

    /// <summary>Adds a question and returns the token ids of the conversation.</summary>
    internal IReadOnlyList<int> Ask(string line)
    {
        if (_format is null)
        {
            // A model without a chat template was not trained for conversations. Each line is a separate prompt, as for 'generate', in the form of the training data.
            return _frame.Opened(form.Complete(line));
        }

        _messages.Add(Message("user", line));
        return _format.EncodePrompt(_messages);
    }

    internal void Answered(string answer) => _messages.Add(Message("assistant", answer));

    internal void Clear() => _messages.Clear();

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
