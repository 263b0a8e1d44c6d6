using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Tokenizers;

namespace Peft.Declarative.Data.Rows;

/// <summary>Creates rows of texts, of prompts and completions, and of conversations, for causal language models.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="maxLength">The maximum number of tokens of a row.</param>
/// <param name="end">The id that ends a text; <see langword="null"/> to add none.</param>
/// <param name="ends">All ids that end a text. If a text already has one, none is added.</param>
/// <param name="options">The options.</param>
internal sealed class TextEncoder(ITokenizer tokenizer, int maxLength, int? end, IReadOnlyCollection<int> ends, DataOptions options)
    : RowEncoder(tokenizer, maxLength)
{
    private readonly FormObserver _form = new();
    private readonly TokenFrame _frame = new(tokenizer);
    private readonly Lazy<ChatFormat> _chat = new(() => options.Chat ?? (tokenizer is Tokenizer own
        ? ChatFormat.For(own)
        : throw new PeftException(RuleIds.TemplateUnusable, "The tokenizer has no chat template. Set Chat of DataOptions.")));

    internal override TrainingRowKind Kind => TrainingRowKind.Text;

    internal override DataForm? Form => _form.Form;

    internal override IEnumerable<TrainingRow> Encode(RawRow row) => row switch
    {
        { Messages: { } messages } => Chat(messages, row),
        { Text: { } text } => [Text(text)],
        { Prompt: { } prompt, Completion: { } completion } when options.PromptsAsChat => Chat([Turn("user", prompt), Turn("assistant", completion)], row),
        { Prompt: { } prompt, Completion: { } completion } => [Completion(prompt, completion)],
        _ => throw Lacks(row, DataErrors.NeedsOfTexts),
    };

    private TrainingRow Text(string text)
    {
        _form.SeeText();
        return Cut(TrainingRow.OfText([.. _frame.Whole(text, end, ends)]), "the text has fewer than two tokens");
    }

    /// <summary>
    /// Encodes prompt and completion separately, so that a token ends where the prompt ends. The model is then trained on what it is asked for later:
    /// the completion after an encoded prompt.
    /// </summary>
    private TrainingRow Completion(string prompt, string completion)
    {
        if (completion.Length == 0)
        {
            throw new FormatException("'completion' is empty");
        }

        _form.SeePrompt(prompt);
        IReadOnlyList<int> before = _frame.Opened(prompt);
        TrainingRow row = TrainingRow.OfCompletion(before, _frame.Continuation(completion, end, ends));
        return Cut(row, $"its prompt has {RuleTexts.Count(before.Count)} tokens, which leaves no room for the completion within {RuleTexts.Count(MaxLength)}");
    }

    private IEnumerable<TrainingRow> Chat(JsonArray messages, RawRow row)
    {
        _form.SeeChat();
        ChatFormat format = _chat.Value;   // a folder without a usable template is not a problem of the row
        try
        {
            IReadOnlyList<EncodedChat> chats = format.EncodeTurnsForTraining(messages, new ChatTemplateOptions { Tools = row.Tools, Variables = row.Variables });
            EncodedChat[] fitting = [.. chats.Where(chat => chat.IsGenerated.Take(MaxLength).Skip(1).Contains(true))];
            return (fitting.Length > 0 ? fitting : chats).Select(Chat).ToArray();   // the turns of a long conversation that fit
        }
        catch (PeftException refused) when (refused.InnerException is TemplateException)
        {
            throw new FormatException(refused.Message.TrimEnd('.'), refused);
        }
    }

    private TrainingRow Chat(EncodedChat chat)
    {
        int first = chat.IsGenerated.Skip(1).TakeWhile(generated => !generated).Count() + 1;
        var labels = new int[chat.Ids.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = chat.IsGenerated[i] ? chat.Ids[i] : TrainingRow.Ignored;
        }

        return Cut(TrainingRow.OfLabelledText([.. chat.Ids], labels), first >= chat.Ids.Count
            ? "its messages have no assistant's turn to learn"
            : $"its first assistant's turn begins after {RuleTexts.Count(first)} tokens, beyond {RuleTexts.Count(MaxLength)}");
    }

    private TrainingRow Cut(TrainingRow row, string problem) => row.CountLabels(MaxLength) == 0
        ? throw new FormatException(problem)
        : row.Ids.Length <= MaxLength ? row
        : TrainingRow.OfLabelledText(row.Ids[..MaxLength], row.Labels[..MaxLength]) with { UncutLength = row.Ids.Length };

    private static JsonObject Turn(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
