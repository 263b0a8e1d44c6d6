using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Rows;

/// <summary>Turns texts into rows. What leaves nothing to learn is a <see cref="FormatException"/> that says why.</summary>
internal sealed class RowEncoder(ITokenizer tokenizer, int maxLength, int? endOfSequence, DataOptions options)
{
    private readonly int[] _end = endOfSequence is { } id ? [id] : [];
    private readonly Lazy<ChatFormat> _chat = new(() => options.Chat ?? (tokenizer is Tokenizer own
        ? ChatFormat.For(own)
        : throw new PeftException(RuleIds.TemplateUnusable, "The tokenizer brings no chat template. Set Chat of DataOptions.")));

    private readonly FormObserver _form = new();

    internal int MaxLength => maxLength;

    /// <summary>The form of the rows so far; <see langword="null"/> if they are of several kinds.</summary>
    internal DataForm? Form => _form.Form;

    internal ITokenizer Tokenizer => tokenizer;

    internal TrainingRow Encode(RawRow row) => row switch
    {
        { Messages: { } messages } => Chat(messages, row.Tools),
        { Text: { } text } => Text(text),
        { Prompt: { } prompt, Completion: { } completion } when options.PromptsAsChat => Chat([Turn("user", prompt), Turn("assistant", completion)], row.Tools),
        { Prompt: { } prompt, Completion: { } completion } => Completion(prompt, completion),
        _ => throw new FormatException("it has neither 'text', nor 'prompt' with 'completion', nor 'messages'"),
    };

    private TrainingRow Text(string text)
    {
        _form.SeeText();
        return Cut(TrainingRow.OfText([.. tokenizer.Encode(text), .. _end]), "the text has fewer than two tokens");
    }

    /// <summary>
    /// Prompt and completion are encoded apart, so that the border between them is a border of tokens and what is learned is exactly what the
    /// model is asked for later: the completion after an encoded prompt.
    /// </summary>
    private TrainingRow Completion(string prompt, string completion)
    {
        if (completion.Length == 0)
        {
            throw new FormatException("'completion' is empty");
        }

        _form.SeePrompt(prompt);
        IReadOnlyList<int> before = tokenizer.Encode(prompt);
        TrainingRow row = TrainingRow.OfCompletion(before, [.. tokenizer.Encode(completion, addSpecialTokens: false), .. _end]);
        return Cut(row, $"its prompt has {RuleTexts.Count(before.Count)} tokens, which leaves no room for the completion within {RuleTexts.Count(maxLength)}");
    }

    private TrainingRow Chat(JsonArray messages, JsonArray? tools)
    {
        _form.SeeChat();
        ChatFormat format = _chat.Value;   // a folder without a usable template is no fault of the row
        EncodedChat chat;
        try
        {
            chat = format.EncodeForTraining(messages, new ChatTemplateOptions { Tools = tools });
        }
        catch (PeftException refused) when (refused.InnerException is TemplateException)
        {
            throw new FormatException(refused.Message.TrimEnd('.'), refused);
        }

        int first = chat.IsGenerated.Skip(1).TakeWhile(generated => !generated).Count() + 1;
        var labels = new int[chat.Ids.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = chat.IsGenerated[i] ? chat.Ids[i] : TrainingRow.Ignored;
        }

        return Cut(new TrainingRow([.. chat.Ids], labels), first >= chat.Ids.Count
            ? "its messages have no assistant's turn to learn"
            : $"its first assistant's turn begins after {RuleTexts.Count(first)} tokens, beyond {RuleTexts.Count(maxLength)}");
    }

    private TrainingRow Cut(TrainingRow row, string problem)
    {
        if (row.CountLabels(maxLength) == 0)
        {
            throw new FormatException(problem);
        }

        return row.Ids.Length <= maxLength ? row : new TrainingRow(row.Ids[..maxLength], row.Labels[..maxLength]) { UncutLength = row.Ids.Length };
    }

    private static JsonObject Turn(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
