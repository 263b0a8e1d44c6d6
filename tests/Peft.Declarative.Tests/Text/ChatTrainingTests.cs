using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Text;

/// <summary>What the assistant wrote is found also where a template writes its turns in other ways than it begins them.</summary>
public sealed class ChatTrainingTests
{
    // As reasoning models do: the reasoning of a turn is written while it is the last one.
    private const string DropsReasoning =
        "{% for m in messages %}{% if m.role == 'user' %}user: {{ m.content }} <|end|> {% else %}assistant: "
        + "{% if loop.last %}{{ m.content }}{% else %}{{ m.content.split('</think>')[-1].strip() }}{% endif %} <|end|> {% endif %}{% endfor %}"
        + "{% if add_generation_prompt %}assistant: {% endif %}";

    // The generation prompt opens the reasoning, which a turn without it does not.
    private const string OpensReasoning =
        "{% for m in messages %}{{ m.role }}: {{ m.content.split('</think>')[-1].strip() }} <|end|> {% endfor %}{% if add_generation_prompt %}assistant: <think> {% endif %}";

    private static readonly JsonArray Reasoned = JsonNode.Parse("""
        [{"role": "user", "content": "a"}, {"role": "assistant", "content": "<think> why </think> b"},
         {"role": "user", "content": "c"}, {"role": "assistant", "content": "<think> so </think> d"}]
        """)!.AsArray();

    [Fact]
    public void EncodeTurnsForTraining_WhereEarlierReasoningIsLeftOut_TeachesEachTurnAsItWasWritten()
    {
        Tokenizer tokenizer = InlineWords.Load(template: DropsReasoning);

        IReadOnlyList<EncodedChat> rows = ChatFormat.For(tokenizer).EncodeTurnsForTraining(Reasoned);

        Assert.Equal(
            [
                "user: a <|end|> assistant: [<think> why </think> b <|end|>]",
                "user: a <|end|> assistant: b <|end|> user: c <|end|> assistant: [<think> so </think> d <|end|>]",
            ],
            rows.Select(row => Shown(tokenizer, row)));
    }

    [Fact]
    public void EncodeForTraining_WhereEarlierReasoningIsLeftOut_MarksWhatIsLeftOfEachTurn()
    {
        Tokenizer tokenizer = InlineWords.Load(template: DropsReasoning);

        EncodedChat chat = ChatFormat.For(tokenizer).EncodeForTraining(Reasoned);

        Assert.Equal("user: a <|end|> assistant: [b <|end|>] user: c <|end|> assistant: [<think> so </think> d <|end|>]", Shown(tokenizer, chat));
    }

    [Fact]
    public void EncodeTurnsForTraining_WhereThePromptBeginsOtherwiseThanTheTurn_LearnsTheOwnText()
    {
        Tokenizer tokenizer = InlineWords.Load(template: OpensReasoning);
        JsonArray messages = JsonNode.Parse("""
            [{"role": "user", "content": "assistant: b <|end|>"}, {"role": "assistant", "content": "<think> so </think> b b"}, {"role": "user", "content": "b"},
             {"role": "assistant", "content": "1"}]
            """)!.AsArray();

        EncodedChat row = Assert.Single(ChatFormat.For(tokenizer).EncodeTurnsForTraining(messages));

        Assert.Equal("user: assistant: b <|end|> <|end|> assistant: [b b <|end|>] user: b <|end|> assistant: [1 <|end|>]", Shown(tokenizer, row));
    }

    [Fact]
    public void EncodeTurnsForTraining_WhereToolsMoveToTheLastQuestion_GivesARowForEachTurn()
    {
        const string Moves = "{% for m in messages %}{% if m.role == 'user' and loop.index0 >= messages | length - 2 %}text {% endif %}{{ m.role }}: {{ m.content }} <|end|> "
            + "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}";
        Tokenizer tokenizer = InlineWords.Load(template: Moves);
        JsonArray messages = JsonNode.Parse("""
            [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "👍"}]
            """)!.AsArray();

        Assert.Equal(
            ["text user: a <|end|> assistant: [b <|end|>]", "user: a <|end|> assistant: b <|end|> text user: c <|end|> assistant: [<unk> <|end|>]"],
            ChatFormat.For(tokenizer).EncodeTurnsForTraining(messages).Select(row => Shown(tokenizer, row)));
    }

    [Fact]
    public void EncodeTurnsForTraining_WithCallsOfTools_LearnsThemAsTheOwnText()
    {
        const string Calls = "{% for m in messages %}{% if m.tool_calls is defined %}so {% for c in m.tool_calls %}{{ c.function.name }} {{ c.function.arguments.x }} {% endfor %}<|end|> "
            + "{% else %}{{ m.role }}: {{ m.content }} <|end|> {% endif %}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}";
        Tokenizer tokenizer = InlineWords.Load(template: Calls);
        JsonArray messages = JsonNode.Parse("""
            [{"role": "user", "content": "a", "tool_calls": null}, {"role": "assistant", "content": null, "tool_calls": [{"type": "function", "id": null, "function": {"name": "good", "arguments": {"x": "c"}}}]}]
            """)!.AsArray();

        Assert.Equal("user: a <|end|> so [good c <|end|>]", Shown(tokenizer, Assert.Single(ChatFormat.For(tokenizer).EncodeTurnsForTraining(messages))));
    }

    [Fact]
    public void RenderForTraining_WhereTheTemplateDecidesByLetters_SaysThatItCannotBeTold()
    {
        ChatTemplate template = ChatTemplate.Parse("{% for m in messages %}{{ m.content | length if 'z' > m.content else 'no' }}{{ m.content }}{% endfor %}{{ messages | length }}");
        JsonArray messages = JsonNode.Parse("""[{"role": "assistant", "content": "abc"}, {"role": "user", "content": "d"}]""")!.AsArray();

        Assert.Contains("message 1", Assert.Throws<TemplateException>(() => template.RenderForTraining(messages)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for m in messages %}{{ m.role }}: {{ m.content }} <|end|> {% endfor %}")]
    [InlineData("{% for m in messages %}{{ m.role + ': ' + m.content + ' <|end|> ' }}{% endfor %}")]
    [InlineData("{% for m in messages %}{{ m.role }}: {% if m.content is string %}{{ m.content }}{% else %}{% for p in m.content %}{{ p.text }}{% endfor %}{% endif %} <|end|> {% endfor %}")]
    [InlineData("{% for m in messages %}{{ m.role }}: {{ m.content }} <|end|> {% for c in m.tool_calls %}{% endfor %}{% endfor %}")]
    public void Encode_OfContentAsParts_IsThatOfTheText(string template)
    {
        Tokenizer tokenizer = InlineWords.Load(template: template + "{% if add_generation_prompt %}assistant: {% endif %}");
        JsonArray plain = JsonNode.Parse("""[{"role": "user", "content": "a b"}, {"role": "assistant", "content": "c d"}]""")!.AsArray();
        JsonArray parts = JsonNode.Parse("""
            [{"role": "user", "content": [{"type": "text", "text": "a "}, {"type": "text", "text": "b"}], "tool_calls": null},
             {"role": "assistant", "content": [{"type": "text", "text": "c d"}], "tool_calls": null}]
            """)!.AsArray();
        ChatFormat format = ChatFormat.For(tokenizer);

        Assert.Equal(format.EncodePrompt(plain), format.EncodePrompt(parts));
        Assert.Equal(Shown(tokenizer, format.EncodeForTraining(plain)), Shown(tokenizer, format.EncodeForTraining(parts)));
        Assert.Contains("[c d <|end|>]", Shown(tokenizer, format.EncodeForTraining(parts)), StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_OfAPicture_SaysThatTheTemplateReadsTexts()
    {
        ChatFormat format = ChatFormat.For(InlineWords.Load(template: "{% for m in messages %}{{ m.content }}{% endfor %}"));
        JsonArray messages = JsonNode.Parse("""[{"role": "user", "content": [{"type": "image", "image": "a.png"}]}]""")!.AsArray();

        PeftException error = Assert.Throws<PeftException>(() => format.EncodePrompt(messages));

        Assert.Equal("PEFT506", error.Id);
        Assert.Contains("message 1 has a part of the type 'image'", error.Message, StringComparison.Ordinal);
    }

    private static string Shown(Tokenizer tokenizer, EncodedChat chat)
    {
        string text = "";
        for (int i = 0; i < chat.Ids.Count; i++)
        {
            bool begins = chat.IsGenerated[i] && (i == 0 || !chat.IsGenerated[i - 1]);
            bool ends = chat.IsGenerated[i] && (i + 1 == chat.Ids.Count || !chat.IsGenerated[i + 1]);
            text += (i > 0 ? " " : "") + (begins ? "[" : "") + tokenizer.TokenText(chat.Ids[i]) + (ends ? "]" : "");
        }

        return text;
    }
}
