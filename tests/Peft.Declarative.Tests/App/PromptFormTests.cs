using System.Text.Json;
using Peft.Declarative.Tests.Data;

namespace Peft.Declarative.Tests.App;

/// <summary>An adapter remembers how it was asked in training, and the program says when it is asked otherwise.</summary>
public class PromptFormTests
{
    public static TheoryData<string[], string, string> Forms => new()
    {
        { ["Who is Lily?\n", "Who is Tom?\n"], "", "\n" },
        { ["Q: Who is Lily?\nA:", "Q: Where is it?\nA:"], "Q: ", "\nA:" },
        { ["### Instruction:\nSay it.\n\n### Response:\n", "### Instruction:\nDo it!\n\n### Response:\n"], "### Instruction:\n", "\n\n### Response:\n" },
        { ["What is it? Answer: ", "Who is it? Answer: "], "", " Answer: " },
        { ["What is it?", "Who is it?"], "", "" },
        { ["[INST] one [/INST]", "[INST] two [/INST]"], "[INST] ", " [/INST]" },
        { ["Who is Lily?\n"], "", "\n" },
        { ["one", "two", ""], "", "" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Data_OfPrompts_HasTheirBeginningAndEnd(string[] prompts, string prefix, string suffix)
    {
        using var app = new TinyApp();

        TrainingData data = TrainingData.FromFile(WritePrompts(app, prompts), Tokenizer.Load(app.Model), 60, 2);

        Assert.Equal(new DataForm(DataRowKind.Prompts, prefix, suffix), data.Form);
    }

    [Fact]
    public void Generate_WithAPromptOfAnotherForm_SaysHowTheDataAsked()
    {
        using var app = new TinyApp();
        WritePrompts(app, ["Who is Lily?\n", "Who is Tom?\n"]);
        app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"]);
        string[] args = ["generate", "--model", app.Model, "--adapter", app["run"], "--max-new-tokens", "2", "--prompt"];

        string fitting = app.Run([.. args, "Who is Ann?\n"]).Error;
        (int code, _, string error) = app.Run([.. args, "Q: Who is Ann?\nA:"]);

        Assert.Equal("", fitting);
        Assert.Equal(0, code);
        Assert.StartsWith("PEFT821: The prompts that the adapter was trained on end with \"\\n\", and this one ends with \" Ann?\\nA:\"", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Chat_WithoutATemplate_AsksAsTheDataDid()
    {
        using var app = new TinyApp();
        WritePrompts(app, ["Q: Who is Lily?\nA:", "Q: Who is Tom?\nA:"]);
        app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"]);
        string[] options = ["--model", app.Model, "--adapter", app["run"], "--max-new-tokens", "4"];

        string chat = app.Run("Who is Ann?\n", ["chat", .. options]).Out;
        string generated = app.Run(["generate", "--prompt", "Q: Who is Ann?\nA:", .. options]).Out;

        Assert.NotEqual("", generated.Trim());
        Assert.Equal(generated, chat);
    }

    [Fact]
    public void Generate_OnConversations_PointsToChat()
    {
        using var app = new TinyApp();
        File.WriteAllText(Path.Combine(app.Model, "chat_template.jinja"), ChatData.Template);
        app.Run("train", "--model", app.Model, "--data", WritePrompts(app, ["Who is Lily?", "Who is Tom?"]), "--prompts-as-chat", "--output", app["run"]);

        string error = app.Run("generate", "--model", app.Model, "--adapter", app["run"], "--max-new-tokens", "2", "--prompt", "Who is Ann?").Error;
        string quiet = app.Run("Who is Ann?\n", ["chat", "--model", app.Model, "--adapter", app["run"], "--max-new-tokens", "2"]).Error;

        Assert.StartsWith("PEFT821: The adapter was trained on conversations", error, StringComparison.Ordinal);
        Assert.Equal("", quiet);
    }

    private static string WritePrompts(TinyApp app, string[] prompts)
    {
        File.WriteAllLines(app.Data, prompts.Select(prompt => JsonSerializer.Serialize(new { prompt, completion = " A girl." })));
        return app.Data;
    }
}
