using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Text;

namespace Peft.Declarative.Tests.Data.Rows;

/// <summary>Rows with messages: which tokens are learnt.</summary>
public sealed class ChatRowTests
{
    private const string Row = """
        {"messages": [{"role": "user", "content": "assistant: no</s>"}, {"role": "assistant", "content": "a ball"}, {"role": "user", "content": "why"},
        {"role": "assistant", "content": "the park"}]}
        """;

    private const string Marked =
        "{% for m in messages %}{{ m.role }}: {% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}{{ eos_token }}"
        + "{% else %}{{ m.content }}{% endif %}{% endfor %}";

    [Theory]
    [InlineData(ChatData.Template, "a ball</s>\nthe park</s>\n")]
    [InlineData(Marked, "a ball</s>the park</s>")]
    public void FromFile_WithMessages_LearnsTheAssistantsTurnsAndTheirEndsOnly(string template, string learnt)
    {
        Tokenizer tokenizer = ChatData.Tokenizer(template);

        TrainingRow row = Assert.Single(Read(Row, tokenizer));

        Assert.Equal(learnt, Learnt(row, tokenizer).Replace("\n ", "\n", StringComparison.Ordinal).Replace("> ", ">", StringComparison.Ordinal));
        Assert.Equal(ChatFormat.For(tokenizer).EncodeForTraining(Messages()).Ids, row.Ids);
    }

    [Fact]
    public void FromFile_WithRowsOfEveryForm_TakesEachAsItIs()
    {
        Tokenizer tokenizer = ChatData.Tokenizer();

        IReadOnlyList<TrainingRow> rows = Read(
            """{"text": "a ball"}""" + "\n" + OneLine(Row) + "\n" + """{"prompt": "a", "completion": " ball", "messages": null}""", tokenizer);

        Assert.Equal(["<s> a ball</s>", "ball</s>"], new[] { rows[0], rows[2] }.Select(row => Learnt(row, tokenizer).Trim()));
        Assert.Equal(tokenizer.EosId, rows[0].Ids[^1]);
        Assert.NotEqual(tokenizer.EosId, rows[1].Ids[^1]);   // the template ends with a new line
    }

    [Fact]
    public void FromFile_WithPromptsAsChat_WritesTwoTurns()
    {
        Tokenizer tokenizer = ChatData.Tokenizer();

        TrainingRow row = Assert.Single(Read("""{"prompt": "who", "completion": "Lily"}""", tokenizer, options: new DataOptions { PromptsAsChat = true }));

        Assert.StartsWith("<s> user: who", tokenizer.Decode(row.Ids, skipSpecialTokens: false), StringComparison.Ordinal);
        Assert.Equal("Lily</s> \n", Learnt(row, tokenizer));
    }

    [Fact]
    public void FromFile_WithTools_HandsThemToTheTemplate()
    {
        Tokenizer tokenizer = ChatData.Tokenizer("{{ tools[0].name }}" + ChatData.Template);

        TrainingRow row = Assert.Single(Read(Row.Replace("{\"messages\":", "{\"tools\": [{\"name\": \"weather\"}], \"messages\":", StringComparison.Ordinal), tokenizer));

        Assert.StartsWith("weather<s>", tokenizer.Decode(row.Ids, skipSpecialTokens: false), StringComparison.Ordinal);
    }

    [Fact]
    public void FromFile_WithATemplateThatRewritesEarlierTurns_GivesARowForEachTurn()
    {
        Tokenizer tokenizer = ChatData.Tokenizer("{{ messages | length }}" + ChatData.Template);
        JsonArray messages = JsonNode.Parse(Row)!["messages"]!.AsArray();
        string[] answers = [.. messages.Where(message => message!["role"]!.ToString() == "assistant").Select(message => message!["content"]!.ToString())];

        TrainingRow[] rows = [.. Read(Row, tokenizer)];

        Assert.Equal(answers.Select(answer => answer + "</s> \n"), rows.Select(row => tokenizer.Decode(row.Labels.Where(label => label != TrainingRow.Ignored), skipSpecialTokens: false)));
    }

    [Theory]
    [InlineData("""{"messages": []}""", "'messages' is empty")]
    [InlineData("""{"messages": "hi"}""", "'messages' is a JSON string, not an array")]
    [InlineData("""{"messages": [5]}""", "message 1 of 'messages' is a JSON number")]
    [InlineData("""{"messages": [{"content": "a"}]}""", "message 1 of 'messages' is an object without a 'role'")]
    [InlineData("""{"messages": [{"role": "user", "content": "\ud800"}]}""", "'messages' contains half a surrogate pair")]
    [InlineData("""{"messages": [{"role": "user", "content": "hi"}]}""", "its messages have no assistant's turn to learn")]
    [InlineData("""{"messages": [{"role": "user", "content": "a b c d e f g h i j k"}, {"role": "assistant", "content": "x"}]}""", "its first assistant's turn begins after")]
    [InlineData("""{"messages": [{"role": "user", "role": "assistant"}]}""", "it names a property twice")]
    [InlineData("""{"messages": [{"role": "assistant"}]}""", "Chat template, line 1")]
    public void FromFile_WithUnusableMessages_SaysWhy(string line, string reason)
    {
        PeftException error = Assert.Throws<PeftException>(() => { Read(line, ChatData.Tokenizer(), maxLength: 16); });

        Assert.Equal("PEFT601", error.Id);
        Assert.Contains($"line 1: {reason}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFile_WithMessagesButWithoutTemplate_SaysThatTheTemplateIsMissing()
    {
        Assert.Equal("PEFT506", Assert.Throws<PeftException>(() => { Read(Row, TokenizerTests.Stories()); }).Id);
    }

    [Fact]
    public void EncodeForTraining_WhereATokenReachesAcrossTheBorder_LearnsThatToken()
    {
        // '\n' ends the prompt and another one begins the answer; the tokenizer makes one token of both. The balloon is four tokens.
        Tokenizer tokenizer = InlineTokenizer.Load(
            """
            {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}, "decoder": {"type": "ByteLevel"}, "added_tokens": [],
             "model": {"type": "BPE", "vocab": {"a": 0, ":": 1, "Ċ": 2, "ĊĊ": 3, "b": 4, "ð": 5, "Ł": 6, "İ": 7, "Ĭ": 8}, "merges": ["Ċ Ċ"]}}
            """,
            ("chat_template.jinja", "{% for m in messages %}{% if m.role == 'assistant' %}{{ 'a:\n' }}{% endif %}{{ m.content }}{% endfor %}{% if add_generation_prompt %}{{ 'a:\n' }}{% endif %}"));

        EncodedChat chat = ChatFormat.For(tokenizer).EncodeForTraining(
            [Message("user", "🎊"), Message("assistant", "\nb"), Message("user", "a"), Message("assistant", "🎊a")]);

        Assert.Equal("\n\nb🎊a", tokenizer.Decode(chat.Ids.Where((_, i) => chat.IsGenerated[i])));
        Assert.Equal(10, chat.IsGenerated.Count(generated => !generated));
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static JsonArray Messages() => JsonNode.Parse(Row)!["messages"]!.DeepClone().AsArray();

    private static string Learnt(TrainingRow row, Tokenizer tokenizer) =>
        tokenizer.Decode(row.Labels.Where(label => label != TrainingRow.Ignored), skipSpecialTokens: false);

    private static string OneLine(string json) => json.ReplaceLineEndings("");

    private static IReadOnlyList<TrainingRow> Read(string lines, Tokenizer tokenizer, int maxLength = 200, DataOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        string content = lines.Contains("\"text\"", StringComparison.Ordinal) ? lines : OneLine(lines);
        return TrainingData.FromFile(folder.File("rows.jsonl", content), tokenizer, maxLength, tokenizer.EosId, options).Rows;
    }
}
