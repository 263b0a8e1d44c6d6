using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.App;

public class PeftConsoleTests
{
    [Fact]
    public void Train_OnAFile_WritesAdapterPlotAndState()
    {
        using var app = new TinyApp();

        (int code, string text, string error) = app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"], "--device", "cpu");

        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.Contains("model.layers.*.self_attn.q_proj.lora_A.weight", text, StringComparison.Ordinal);
        Assert.Contains("step 4/4", text, StringComparison.Ordinal);
        Assert.Contains("Done: 4 steps", text, StringComparison.Ordinal);
        foreach (string file in new[] { "adapter_config.json", "adapter_model.safetensors", "loss.png", "last/adapter_model.safetensors", "state/state.safetensors" })
        {
            Assert.True(File.Exists(Path.Combine(app["run"], file)), file);
        }

        Assert.Equal("PNG"u8, File.ReadAllBytes(Path.Combine(app["run"], "loss.png")).AsSpan(1, 3));
    }

    [Fact]
    public void Train_WithJson_PrintsOneObject()
    {
        using var app = new TinyApp();

        (int code, string text, _) = app.Run(
            "train", "--model", app.Model, "--data", app.Data, "--evaluation", app.Data, "--output", app["run"], "--epochs", "3", "--json");

        JsonNode result = JsonNode.Parse(text)!;
        Assert.Equal(0, code);
        Assert.Equal(6, result["steps"]!.GetValue<long>());
        Assert.Equal(6, result["losses"]!.AsArray().Count);
        Assert.Equal(3, result["evaluations"]!.AsArray().Count);
        Assert.False(result["cancelled"]!.GetValue<bool>());
    }

    [Fact]
    public void Train_ThatEndsWhileTheRateStillRises_SaysSo()
    {
        using var app = new TinyApp { WarmupSteps = 4 };

        (int code, _, string error) = app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"]);

        Assert.Equal(0, code);
        Assert.StartsWith("PEFT431: The learning rate rises for the first 4 steps of a run of 4, so it never reaches its value", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_WithTrainedAdapter_HasLessLossThanWithout()
    {
        using var app = new TinyApp();
        app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"], "--epochs", "10");

        double before = Loss(app.Run("eval", "--model", app.Model, "--data", app.Data, "--json").Out);
        double after = Loss(app.Run("eval", "--model", app.Model, "--data", app.Data, "--adapter", app["run"], "--json").Out);

        Assert.True(after < before, $"{after} after, {before} before");
    }

    [Fact]
    public void Merge_WritesAModelThatActsAsTheAdaptedOne()
    {
        using var app = new TinyApp();
        app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"], "--epochs", "5");

        (int code, _, string error) = app.Run("merge", "--model", app.Model, "--adapter", app["run"], "--output", app["merged"]);

        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.Equal(
            Loss(app.Run("eval", "--model", app.Model, "--adapter", app["run"], "--data", app.Data, "--json").Out),
            Loss(app.Run("eval", "--model", app["merged"], "--data", app.Data, "--json").Out),
            1e-4);
    }

    [Fact]
    public void Generate_WithoutSampling_PrintsTheTextOnlyAndAlwaysTheSame()
    {
        using var app = new TinyApp();
        string[] args = ["generate", "--model", app.Model, "--prompt", "Once upon", "--max-new-tokens", "8", "--ignore-eos", "--device", "cpu"];

        (int code, string text, string error) = app.Run(args);

        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.NotEqual("", text.Trim());
        Assert.DoesNotContain("Once upon", text, StringComparison.Ordinal);
        Assert.Equal(text, app.Run(args).Out);
    }

    [Fact]
    public void Generate_WithTemperature_DrawsByTheSeed()
    {
        using var app = new TinyApp();
        string Text(string seed) => app.Run(
            "generate", "--model", app.Model, "--prompt", "Once", "--max-new-tokens", "12", "--ignore-eos", "--temperature", "1.5", "--top-k", "0",
            "--seed", seed, "--json").Out;

        Assert.Equal(Text("1"), Text("1"));
        Assert.NotEqual(Text("1"), Text("2"));
    }

    [Fact]
    public void Chat_AnswersEachLineUntilTheInputEnds()
    {
        using var app = new TinyApp();

        (int code, string text, string error) = app.Run("Hello\n\nWho?\n", ["chat", "--model", app.Model, "--max-new-tokens", "3", "--json"]);

        Assert.Equal("", error);
        Assert.Equal(0, code);
        string[] answers = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["Hello", "Who?"], answers.Select(answer => JsonNode.Parse(answer)!["prompt"]!.GetValue<string>()));
    }

    [Fact]
    public void Info_SaysWhatIsTrainable()
    {
        using var app = new TinyApp();

        (int code, string text, _) = app.Run("info", "--model", app.Model, "--device", "cpu");

        Assert.Equal(0, code);
        Assert.Contains("Persona, llama: 2 layers, hidden 32, 4 heads (2 for keys and values), vocabulary 512, 64 positions, on cpu", text, StringComparison.Ordinal);
        Assert.Contains("texts end at", text, StringComparison.Ordinal);
        Assert.Contains("lora_B", text, StringComparison.Ordinal);
        Assert.Contains("parameters are trainable", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Info_OfAnAdapter_SaysWhetherItIsOfThisBase()
    {
        using var app = new TinyApp();
        app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"]);
        string[] args = ["info", "--model", app.Model, "--adapter", app["run"]];

        (_, string fitting, string quiet) = app.Run(args);
        File.AppendAllText(Path.Combine(app.Model, "tokenizer.json"), " ");
        (int code, string changed, string warning) = app.Run(args);
        JsonNode json = JsonNode.Parse(app.Run([.. args, "--json"]).Out)!["provenance"]!;

        Assert.Equal("", quiet);
        Assert.Equal(3, fitting.Split(", as the adapter was saved with").Length - 1);
        Assert.Contains("chat template  none, as", fitting, StringComparison.Ordinal);
        Assert.Equal(0, code);
        Assert.Contains("but the adapter was saved with", changed, StringComparison.Ordinal);
        Assert.StartsWith("PEFT705: ", warning, StringComparison.Ordinal);
        Assert.True(json["base"]!["fits"]!.GetValue<bool>());
        Assert.False(json["tokenizer"]!["fits"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("--data is required", "train", "--model", ".", "--output", "x")]
    [InlineData("'nowhere' does not exist", "info", "--model", "nowhere")]
    [InlineData("--model 'some/model' does not exist. Models are read from directories. Download this one first, for example with 'hf download some/model", "info", "--model", "some/model")]
    [InlineData("--device is 'tpu'", "info", "--model", ".", "--device", "tpu")]
    [InlineData("--epochs is 0, but must be at least 1", "train", "--model", ".", "--output", "x", "--epochs", "0")]
    [InlineData("--adapter is required", "merge", "--model", ".", "--output", "x")]
    [InlineData("'fly'", "fly")]
    public void Run_WithBadArguments_SaysWhichInOneParagraph(string expected, params string[] args)
    {
        using var app = new TinyApp();

        (int code, _, string error) = app.Run(args);

        Assert.Equal(2, code);
        Assert.Contains(expected, error.Replace("Option '--data' is required", "--data is required", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Run_WhenTheModelIsDamaged_SaysSoInOneParagraphWithoutStack()
    {
        using var app = new TinyApp();
        File.WriteAllBytes(Path.Combine(app.Model, "model.safetensors"), [1, 2, 3]);

        (int code, string text, string error) = app.Run("info", "--model", app.Model, "--device", "cpu");

        Assert.Equal(1, code);
        Assert.Equal("", text);
        Assert.StartsWith("PEFT501: ", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Run_WithoutArguments_RunsTheProgramsOwnAction()
    {
        using var app = new TinyApp { Default = () => 7 };

        Assert.Equal(7, app.Run().Code);
    }

    [Fact]
    public void Run_WithoutArgumentsAndAction_ShowsTheCommands()
    {
        using var app = new TinyApp();

        (int code, string text, _) = app.Run();

        Assert.Equal(0, code);
        Assert.Contains("train", text, StringComparison.Ordinal);
    }

    private static double Loss(string json) => JsonNode.Parse(json)!["loss"]!.GetValue<double>();
}
