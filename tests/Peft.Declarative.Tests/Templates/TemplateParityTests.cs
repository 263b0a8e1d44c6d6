using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Templates;

/// <summary>Every template of the reference set renders every conversation as the reference did, or fails where it failed.</summary>
public class TemplateParityTests
{
    private static readonly string? Root = TestData.Folder("PEFT_TEMPLATES", "templates");

    public static TheoryData<string> Names => [.. Root is null ? [] : Read("templates.json").AsObject().Select(template => template.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Template_OnEveryConversation_RendersAsTheReference(string name)
    {
        ChatTemplate template = ChatTemplate.Parse(Read("templates.json")[name]!.GetValue<string>());
        JsonNode conversations = Read("conversations.json");
        List<JsonNode> cases = [.. Read("expected.json").AsArray().Where(row => row!["template"]!.GetValue<string>() == name).Select(row => row!)];

        List<string> problems = [.. cases.Select(row => Difference(template, row, conversations)).OfType<string>()];

        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.NotEmpty(cases);
    }

    [Fact]
    public void Difference_OfAConversationWithFurtherKeys_HandsThemToTheTemplate()
    {
        ChatTemplate template = ChatTemplate.Parse("{{ messages[0].content }}{% if enable_thinking is defined and not enable_thinking %} at once{% endif %}");
        JsonNode conversations = JsonNode.Parse("""{"quick": {"messages": [{"role": "user", "content": "answer"}], "enable_thinking": false}}""")!;
        JsonNode row = JsonNode.Parse("""{"conversation": "quick", "add_generation_prompt": false, "output": "answer at once"}""")!;

        Assert.Null(Difference(template, row, conversations));
    }

    private static string? Difference(ChatTemplate template, JsonNode row, JsonNode conversations)
    {
        JsonNode conversation = conversations[row["conversation"]!.GetValue<string>()]!;
        string? expected = row["output"]?.GetValue<string>();
        string actual;
        try
        {
            actual = template.Render(conversation["messages"]!.AsArray(), new ChatTemplateOptions
            {
                Tools = conversation["tools"]?.AsArray(),
                Variables = new JsonObject(conversation.AsObject().Where(key => key.Key is not ("messages" or "tools")).Select(key => KeyValuePair.Create(key.Key, key.Value?.DeepClone()))),
                AddGenerationPrompt = row["add_generation_prompt"]!.GetValue<bool>(),
                BosToken = "<s>",
                EosToken = "</s>",
            }).Text;
        }
        catch (TemplateException error)
        {
            return expected is null ? null : $"{row["conversation"]}: {error.Message} Expected: {expected}";
        }

        return actual == expected ? null : $"{row["conversation"]}: expected {expected ?? $"the error {row["error"]}"}, got {actual}";
    }

    private static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Root!, file)))!;
}
