using System.Text.Json.Nodes;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Training;
using Peft.Declarative.Training;

namespace Peft.Declarative.Tests.App;

/// <summary>Nothing that someone has made is replaced unasked.</summary>
public sealed class OutputFolderTests
{
    [Theory]
    [InlineData("model")]
    [InlineData("model/../model/")]
    [InlineData("link")]
    [InlineData("parent/model")]
    public void Merge_OntoItsBase_IsRefused(string output)
    {
        using var app = new TinyApp();
        app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"]);
        Directory.CreateSymbolicLink(app["link"], app.Model);
        Directory.CreateSymbolicLink(app["parent"], Path.GetDirectoryName(app.Model)!);
        byte[] before = File.ReadAllBytes(Path.Combine(app.Model, "model.safetensors"));

        (int code, _, string error) = app.Run("merge", "--model", app.Model, "--adapter", app["run"], "--output", app[output], "--overwrite");

        Assert.Equal(1, code);
        Assert.Contains("is the directory of the base model", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(app.Model, "model.safetensors")));
    }

    [Fact]
    public void SaveModel_ThroughALinkToItsBase_IsRefused()
    {
        using var app = new TinyApp();
        Directory.CreateSymbolicLink(app["link"], app.Model);
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(app.Model);

        var error = Assert.Throws<PeftException>(() => model.SaveModel(app["link"]));

        Assert.Contains("mapped from that directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_IntoAnAdaptersFolder_IsRefused()
    {
        using var app = new TinyApp();
        app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"]);

        (int code, _, string error) = app.Run("merge", "--model", app.Model, "--adapter", app["run"], "--output", app["run"], "--overwrite");

        Assert.Equal(1, code);
        Assert.Contains("contains an adapter, which other programs would load onto the merged model once more", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(app["run"], "model.safetensors")));
    }

    [Fact]
    public void Merge_OntoAnotherModel_AsksForTheSwitch()
    {
        using var app = new TinyApp();
        app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"]);
        string[] args = ["merge", "--model", app.Model, "--adapter", app["run"], "--output", app["merged"]];

        Assert.Equal(0, app.Run(args).Code);
        (int code, _, string error) = app.Run(args);

        Assert.Equal(1, code);
        Assert.Contains("--overwrite", error, StringComparison.Ordinal);
        Assert.Equal(0, app.Run([.. args, "--overwrite"]).Code);
    }

    [Fact]
    public void Train_IntoAFinishedRun_NamesBothSwitchesAndKeepsTheAdapter()
    {
        using var app = new TinyApp();
        string[] args = ["train", "--model", app.Model, "--data", app.Data, "--output", app["run"]];
        app.Run(args);
        byte[] before = File.ReadAllBytes(Path.Combine(app["run"], "adapter_model.safetensors"));

        (int code, _, string error) = app.Run([.. args, "--seed", "7"]);

        Assert.Equal(1, code);
        Assert.StartsWith("PEFT421: ", error, StringComparison.Ordinal);
        Assert.Contains("--resume", error, StringComparison.Ordinal);
        Assert.Contains("--overwrite", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(app["run"], "adapter_model.safetensors")));
        Assert.Equal(0, app.Run([.. args, "--seed", "7", "--overwrite"]).Code);
        Assert.Equal(2, app.Run([.. args, "--resume", "--overwrite"]).Code);
    }

    [Fact]
    public void Train_IntoAFolderWithAnAdapterAlone_HasNothingToResume()
    {
        using var app = new TinyApp();
        app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"]);
        Directory.Delete(Path.Combine(app["run"], "state"), recursive: true);

        (int code, _, string error) = app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"], "--resume");

        Assert.Equal(1, code);
        Assert.Contains("no state from which its run could go on", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_WhileAnotherRunWritesThere_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var first = new TinyTrainable();
        using var second = new TinyTrainable();
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(8));
        TrainingPlan plan = new() { OutputDirectory = folder["run"] };
        using (TrainingRun run = TrainingRun.Start(first, plan, data))
        {
            var error = Assert.Throws<PeftException>(() => TrainingRun.Start(second, plan with { Overwrite = true }, data));

            Assert.Equal("PEFT422", error.Id);
        }

        TrainingRun.Start(second, plan, data).Dispose();
    }

    [Fact]
    public void Train_ThatHasEnded_GoesOnWithMoreEpochs()
    {
        using var app = new TinyApp();
        string[] args = ["train", "--model", app.Model, "--data", app.Data, "--output", app["run"], "--json", "--epochs"];
        JsonArray first = Losses(app.Run([.. args, "2"]));

        JsonArray longer = Losses(app.Run([.. args, "5", "--resume"]));
        (int code, _, string error) = app.Run([.. args, "3", "--resume"]);

        Assert.Equal(4, first.Count);
        Assert.Equal(10, longer.Count);
        Assert.Equal(first.Select(loss => (double)loss!), longer.Take(4).Select(loss => (double)loss!));
        Assert.Equal(1, code);
        Assert.Contains("Epochs is 3, but was 5", error, StringComparison.Ordinal);
    }

    private static JsonArray Losses((int Code, string Out, string Error) run) =>
        run.Code == 0 ? JsonNode.Parse(run.Out)!["losses"]!.AsArray() : throw new InvalidOperationException(run.Error);
}
