using System.Text.Json.Nodes;
using Peft.Declarative.Text.Templates;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Parsing;
using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative;

/// <summary>
/// A chat template of a Hugging Face model: Jinja as transformers sets it up, with the semantics of Python's jinja2. It can read its
/// variables and nothing else, and its time, output and depth are bounded.
/// </summary>
/// <remarks>It may be used by several threads at once.</remarks>
public sealed class ChatTemplate
{
    private readonly Body _body;

    private ChatTemplate(string source, Body body)
    {
        Source = source;
        _body = body;
    }

    /// <summary>The text of the template.</summary>
    public string Source { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="source">The text of <c>chat_template</c>.</param>
    /// <exception cref="TemplateException">PEFT506: the text is not a valid template; the error names line and reason.</exception>
    /// <example><code>
    /// ChatTemplate template = ChatTemplate.Parse("{% for message in messages %}{{ message.content }}\n{% endfor %}");
    /// JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = "Hello" }];
    /// string text = template.Render(messages).Text;
    /// </code></example>
    public static ChatTemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChatTemplate(source, TemplateParser.Parse(source));
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="messages">Objects with <c>role</c>, <c>content</c> and any other field that the template uses, such as <c>tool_calls</c>.</param>
    /// <param name="options">Further inputs of the template. Default none.</param>
    /// <exception cref="TemplateException">PEFT506: the template fails or refuses the conversation; the error names line and reason.</exception>
    public RenderedChat Render(JsonArray messages, ChatTemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        options ??= new ChatTemplateOptions();
        var interpreter = new Interpreter(Variables(messages, options), options.Now ?? DateTimeOffset.Now, options.Limits);
        interpreter.Run(_body);
        return new RenderedChat(interpreter.Output.ToString(), interpreter.Output.Generated);
    }

    /// <summary>Renders a conversation and reports which parts the assistant wrote, so that a training loss counts only those.</summary>
    /// <remarks>
    /// Where the template marks no part with <c>{% generation %}</c>, an assistant's part is what its message adds to the rendering of the messages before it
    /// with the generation prompt. Of a turn that the template writes differently once later ones follow, it is what is left of the message's own strings. That
    /// is never a search for strings, so text that looks like a turn is safe.
    /// </remarks>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">Further inputs of the template; <see cref="ChatTemplateOptions.AddGenerationPrompt"/> must be off.</param>
    /// <exception cref="TemplateException">
    /// PEFT506: as <see cref="Render"/>, or what the template writes depends on the letters of a message, so that its part cannot be told.
    /// </exception>
    public RenderedChat RenderForTraining(JsonArray messages, ChatTemplateOptions? options = null)
    {
        options = (options ?? new ChatTemplateOptions()) with { AddGenerationPrompt = false };
        RenderedChat whole = Render(messages, options);
        return whole.Generated.Count > 0 ? whole : whole with { Generated = new AssistantParts(this, messages, options, whole.Text).InWhole() };
    }

    /// <summary>
    /// Renders a conversation as the texts that a model is trained on: one, or several where the template writes earlier turns differently once later ones
    /// follow. Every turn of the assistant is in one of them as it was when the model wrote it, as that text's <see cref="RenderedChat.Generated"/>.
    /// </summary>
    /// <inheritdoc cref="RenderForTraining"/>
    public IReadOnlyList<RenderedChat> RenderTurnsForTraining(JsonArray messages, ChatTemplateOptions? options = null)
    {
        options = (options ?? new ChatTemplateOptions()) with { AddGenerationPrompt = false };
        RenderedChat whole = Render(messages, options);
        return whole.Generated.Count > 0 ? [whole] : new AssistantParts(this, messages, options, whole.Text).Rows();
    }

    private static DictValue Variables(JsonArray messages, ChatTemplateOptions options)
    {
        DictValue variables = new DictValue()
            .With("messages", TemplateJsonReader.Value(messages))
            .With("tools", TemplateJsonReader.Value(options.Tools))
            .With("documents", TemplateJsonReader.Value(options.Documents))
            .With("add_generation_prompt", options.AddGenerationPrompt);
        (string Name, string? Token)[] tokens =
        [
            ("bos_token", options.BosToken), ("eos_token", options.EosToken), ("pad_token", options.PadToken), ("unk_token", options.UnknownToken),
        ];
        foreach ((string name, string? token) in tokens.Where(pair => pair.Token is not null))
        {
            variables.With(name, token);
        }

        foreach ((string name, JsonNode? value) in options.Variables ?? [])
        {
            variables.With(name, TemplateJsonReader.Value(value));
        }

        return variables;
    }
}

/// <summary>A conversation as the text that a model is trained on or answers.</summary>
/// <param name="Text">The text. It contains its special tokens, so tokenize it without adding any.</param>
/// <param name="Generated">Parts that the template marks with <c>{% generation %}</c> as the model's, in order; empty if it marks none.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<TemplateSpan> Generated);

/// <summary>A part of a rendered text, in UTF-16 code units.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after its last.</param>
public readonly record struct TemplateSpan(int Start, int End);
