using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Templates;

/// <summary>Some eight hundred small templates against what Python's jinja2 made of them, set up as transformers sets it up.</summary>
public class JinjaSemanticsTests
{
    private static readonly JsonNode Data = JsonNode.Parse(File.ReadAllText(
        Path.Combine(TestData.RepositoryRoot, "tests", "Peft.Declarative.Tests", "Data", "jinja.json")))!;

    [Theory]
    [InlineData("expressions")]
    [InlineData("statements")]
    [InlineData("whitespace")]
    public void Templates_GiveWhatPythonGives(string group)
    {
        List<string> problems = [.. Data[group]!.AsArray().Select(row => Difference(row!)).OfType<string>()];

        Assert.True(problems.Count == 0, $"{problems.Count} differences:\n{string.Join('\n', problems.Take(20))}");
    }

    private static string? Difference(JsonNode row)
    {
        string template = row["template"]!.GetValue<string>();
        string? expected = row["output"]?.GetValue<string>();
        string actual;
        try
        {
            actual = Render(template);
        }
        catch (TemplateException error)
        {
            return expected is null ? null : $"{template}: expected {expected}, got the error: {error.Message}";
        }

        return actual == expected ? null : $"{template}: expected {expected ?? $"the error {row["error"]}"}, got {actual}";
    }

    private static string Render(string template)
    {
        JsonNode conversation = Data["conversation"]!;
        return ChatTemplate.Parse(template).Render(conversation["messages"]!.AsArray(), new ChatTemplateOptions
        {
            Tools = conversation["tools"]!.AsArray(),
            AddGenerationPrompt = true,
            BosToken = "<s>",
            EosToken = "</s>",
            Now = new DateTimeOffset(2024, 3, 5, 7, 8, 9, TimeSpan.Zero).AddMicroseconds(123_456),
        }).Text;
    }
}
