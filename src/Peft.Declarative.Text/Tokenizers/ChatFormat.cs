using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Tokenizers;

namespace Peft.Declarative;

/// <summary>Converts conversations to token ids with a tokenizer and one of its chat templates.</summary>
public sealed class ChatFormat
{
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly string _name;
    private readonly Lazy<bool> _readsParts;
    private readonly Lazy<int?> _turnEnd;

    private ChatFormat(Tokenizer tokenizer, string name, string source)
    {
        _tokenizer = tokenizer;
        _name = name;
        _template = Guard(() => ChatTemplate.Parse(source));
        _readsParts = new Lazy<bool>(ReadsParts);
        _turnEnd = new Lazy<int?>(FindTurnEnd);
    }

    /// <summary>Creates the format that a tokenizer's folder describes.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="name">Name of the template, such as <c>tool_use</c>. Default <c>default</c>.</param>
    /// <exception cref="PeftException">PEFT506: there is no such template, or it cannot be read.</exception>
    /// <example><code>
    /// ChatFormat format = ChatFormat.For(Tokenizer.Load("models/smollm2"));
    /// JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = "Hello" }];
    /// IReadOnlyList&lt;int&gt; prompt = format.EncodePrompt(messages);
    /// </code></example>
    public static ChatFormat For(Tokenizer tokenizer, string name = "default")
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return tokenizer.ChatTemplates.TryGetValue(name, out string? source)
            ? new ChatFormat(tokenizer, name, source)
            : throw new PeftException(RuleIds.TemplateUnusable, tokenizer.ChatTemplates.Count == 0
                ? "The model folder has no chat template: there is no 'chat_template' in tokenizer_config.json and no chat_template.jinja. Add one of "
                    + "them, or use plain text."
                : $"The model folder has no chat template '{name}'. It has {string.Join(", ", tokenizer.ChatTemplates.Keys)}.");
    }

    /// <summary>The text of a conversation.</summary>
    /// <param name="messages">Objects with <c>role</c>, <c>content</c> and any other field that the template uses.</param>
    /// <param name="options">Further inputs of the template; the tokenizer's special tokens are added to them. Default none.</param>
    /// <exception cref="PeftException">PEFT506: the template fails or refuses the conversation; the error names line and reason.</exception>
    public RenderedChat Render(JsonArray messages, ChatTemplateOptions? options = null) =>
        Guard(() => _template.Render(Clean(messages), WithTokens(options)));

    /// <summary>The ids of a conversation for the model to continue: the text ends with the beginning of the assistant's turn.</summary>
    /// <inheritdoc cref="Render"/>
    public IReadOnlyList<int> EncodePrompt(JsonArray messages, ChatTemplateOptions? options = null)
    {
        ChatTemplateOptions prompting = (options ?? new ChatTemplateOptions()) with { AddGenerationPrompt = true };
        return _tokenizer.Encode(Render(messages, prompting).Text, addSpecialTokens: false);
    }

    /// <summary>The ids of a conversation and which of them the assistant wrote, with the tokens that end its turns.</summary>
    /// <exception cref="PeftException">PEFT506: as <see cref="Render"/>, or the assistant's parts cannot be told.</exception>
    /// <inheritdoc cref="Render"/>
    public EncodedChat EncodeForTraining(JsonArray messages, ChatTemplateOptions? options = null)
    {
        return Encode(Guard(() => _template.RenderForTraining(Clean(messages), WithTokens(options))));
    }

    /// <summary>
    /// The ids of a conversation to train on: one text, or several where the template writes earlier turns differently once later ones follow, as those that
    /// leave out earlier reasoning. Every turn of the assistant is generated in one of them, as it was when the model wrote it.
    /// </summary>
    /// <exception cref="PeftException">PEFT506: as <see cref="Render"/>, or the assistant's parts cannot be told.</exception>
    /// <inheritdoc cref="Render"/>
    public IReadOnlyList<EncodedChat> EncodeTurnsForTraining(JsonArray messages, ChatTemplateOptions? options = null) =>
        [.. Guard(() => _template.RenderTurnsForTraining(Clean(messages), WithTokens(options))).Select(Encode)];

    /// <summary>The special token that the template writes after a turn of the assistant; null if it writes none.</summary>
    internal int? TurnEnd => _turnEnd.Value;

    private EncodedChat Encode(RenderedChat chat)
    {
        IReadOnlyList<int> ids = _tokenizer.Encode(chat.Text, addSpecialTokens: false);
        var offsets = new TokenOffsets(_tokenizer, chat.Text, ids);
        var generated = new bool[ids.Count];
        foreach (TemplateSpan span in chat.Generated.Where(span => span.End > span.Start))
        {
            (int first, int end) = offsets.Covering(span.Start, span.End);

            // A template that marks the content only would leave a model that never learns to end its turn.
            end += end < ids.Count && (ids[end] == _tokenizer.EosId || ids[end] == TurnEnd) ? 1 : 0;
            Array.Fill(generated, true, first, Math.Max(0, end - first));
        }

        return new EncodedChat(ids, generated);
    }

    private JsonArray Clean(JsonArray messages) => ChatMessages.Clean(messages, () => _readsParts.Value);

    // Templates that read texts only fail, or write a list as Python shows it.
    private bool ReadsParts()
    {
        const string Probe = "probe";
        try
        {
            JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = Probe }) }];
            string text = _template.Render(messages, WithTokens(null)).Text;
            return text.Contains(Probe, StringComparison.Ordinal) && !text.Contains($"'{Probe}'", StringComparison.Ordinal) && !text.Contains($"\"{Probe}\"", StringComparison.Ordinal);
        }
        catch (TemplateException)
        {
            return false;
        }
    }

    private int? FindTurnEnd()
    {
        const string Answer = "Good morning";
        try
        {
            JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = "Hello" }, new JsonObject { ["role"] = "assistant", ["content"] = Answer }];
            string text = _template.Render(messages, WithTokens(null)).Text;
            int at = text.LastIndexOf(Answer, StringComparison.Ordinal);
            return at < 0 ? null : _tokenizer.Encode(text[(at + Answer.Length)..], addSpecialTokens: false).Cast<int?>().FirstOrDefault(id => _tokenizer.IsSpecial(id!.Value));
        }
        catch (TemplateException)
        {
            return null;   // such a template answers no question, and says why when it is asked to
        }
    }

    private ChatTemplateOptions WithTokens(ChatTemplateOptions? options)
    {
        options ??= new ChatTemplateOptions();
        return options with
        {
            BosToken = options.BosToken ?? _tokenizer.SpecialTokens.Bos,
            EosToken = options.EosToken ?? _tokenizer.SpecialTokens.Eos,
            PadToken = options.PadToken ?? _tokenizer.SpecialTokens.Pad,
            UnknownToken = options.UnknownToken ?? _tokenizer.SpecialTokens.Unknown,
        };
    }

    private T Guard<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (TemplateException error)
        {
            throw new PeftException(RuleIds.TemplateUnusable, $"{error.Message} (chat template '{_name}')", error);
        }
    }
}

/// <summary>A conversation as token ids.</summary>
/// <param name="Ids">The ids, special tokens included.</param>
/// <param name="IsGenerated">
/// For each id, whether the assistant wrote it, so that a training's loss counts it. Same length as <paramref name="Ids"/>.
/// </param>
public sealed record EncodedChat(IReadOnlyList<int> Ids, IReadOnlyList<bool> IsGenerated);
