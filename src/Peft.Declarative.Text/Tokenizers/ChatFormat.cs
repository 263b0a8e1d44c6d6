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

    private ChatFormat(Tokenizer tokenizer, string name, string source)
    {
        _tokenizer = tokenizer;
        _name = name;
        _template = Guard(() => ChatTemplate.Parse(source));
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
        Guard(() => _template.Render(messages, WithTokens(options)));

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
        RenderedChat chat = Guard(() => _template.RenderForTraining(messages, WithTokens(options)));
        IReadOnlyList<int> ids = _tokenizer.Encode(chat.Text, addSpecialTokens: false);
        var offsets = new TokenOffsets(_tokenizer, chat.Text, ids);
        var generated = new bool[ids.Count];
        foreach (TemplateSpan span in chat.Generated.Where(span => span.End > span.Start))
        {
            (int first, int end) = offsets.Covering(span.Start, span.End);

            // A template that marks the content only would leave a model that never learns to end its turn.
            end += end < ids.Count && ids[end] == _tokenizer.EosId ? 1 : 0;
            Array.Fill(generated, true, first, Math.Max(0, end - first));
        }

        return new EncodedChat(ids, generated);
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
