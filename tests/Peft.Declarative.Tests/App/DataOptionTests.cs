using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Data;

namespace Peft.Declarative.Tests.App;

/// <summary>What commands do with data: looking at it, leaving rows out, conversations.</summary>
public class DataOptionTests
{
    private const string Rows = "{\"prompt\": \"Who is Lily?\", \"completion\": \" A girl.\"}\noops\n{\"text\": \"Once upon a time\"}\n";

    [Fact]
    public void Info_WithData_ShowsLengthsAndAnExampleWithItsMask()
    {
        using var app = new TinyApp();

        (int code, string text, string error) = app.Run("info", "--model", app.Model, "--data", app.Data, "--device", "cpu");

        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.Contains("data       3 rows, ", text, StringComparison.Ordinal);
        Assert.Contains("lengths    min ", text, StringComparison.Ordinal);
        Assert.Contains("cut off    0 rows (0.0 %) are longer than 64 tokens", text.Replace("0.0%", "0.0 %", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains($"example    line 1 of '{app.Data}'", text, StringComparison.Ordinal);
        Assert.Contains("Who is Lily?⟦", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Info_WithDataAndJson_GivesTheMaskAsSpans()
    {
        using var app = new TinyApp();

        JsonNode data = JsonNode.Parse(app.Run("info", "--model", app.Model, "--data", app.Data, "--json").Out)!["data"]!;

        Assert.Equal(3, data["rows"]!.GetValue<int>());
        Assert.Equal(0.0, data["cut_share"]!.GetValue<double>());
        Assert.Equal(64, data["max_length"]!.GetValue<int>());
        JsonArray spans = data["example"]!["spans"]!.AsArray();
        Assert.Equal([false, true], spans.Select(span => span!["learnt"]!.GetValue<bool>()));
        Assert.EndsWith("Who is Lily?", spans[0]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.StartsWith(" A girl.", spans[1]!["text"]!.GetValue<string>().Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train", "--output", "run")]
    [InlineData("eval")]
    public void BadLines_AreAnErrorUnlessTheyMayBeSkipped(params string[] command)
    {
        using var app = new TinyApp();
        File.WriteAllText(app.Data, Rows);
        string[] args = [.. command.Select(arg => arg == "run" ? app["run"] : arg), "--model", app.Model, "--data", app.Data, "--json"];

        (int failed, _, string problem) = app.Run(args);
        (int code, string text, string error) = app.Run([.. args, "--skip-bad-lines"]);

        Assert.Equal(1, failed);
        Assert.StartsWith("PEFT601: ", problem, StringComparison.Ordinal);
        Assert.Contains("line 2: it is not JSON", problem, StringComparison.Ordinal);
        Assert.Equal(0, code);
        Assert.Contains("1 row was skipped", error, StringComparison.Ordinal);
        Assert.Contains($"line 2 of '{app.Data}'", error, StringComparison.Ordinal);
        Assert.Equal(1, JsonNode.Parse(text)!["skipped_rows"]!.GetValue<int>());
    }

    [Fact]
    public void Info_OfPromptsAsChat_WritesThemByTheTemplate()
    {
        using var app = new TinyApp();
        File.WriteAllText(Path.Combine(app.Model, "chat_template.jinja"), ChatData.Template);

        string text = app.Run("info", "--model", app.Model, "--data", app.Data, "--prompts-as-chat").Out;

        Assert.Contains("user: Who is Lily?", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_OfAFolder_ReadsItsFiles()
    {
        using var app = new TinyApp();
        Directory.CreateDirectory(app["data"]);
        File.WriteAllText(Path.Combine(app["data"], "a.jsonl"), """{"text": "Once upon a time"}""");
        File.WriteAllText(Path.Combine(app["data"], "b.txt"), "The end of all the stories.");

        (int code, string text, _) = app.Run("eval", "--model", app.Model, "--data", app["data"], "--json");

        Assert.Equal(0, code);
        Assert.Equal(2, JsonNode.Parse(text)!["rows"]!.GetValue<int>());
    }
}
