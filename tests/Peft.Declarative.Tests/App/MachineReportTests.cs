using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.App;

public sealed class MachineReportTests
{
    [Fact]
    public void Info_OfTheMachine_SaysWhatWasMeasuredAndChosen()
    {
        using var app = new TinyApp();

        (int code, string text, _) = app.Run("info", "--model", app.Model, "--device", "cpu", "--machine");

        Assert.Equal(0, code);
        Assert.Matches(@"machine   \d+ cores, \w+ with .+; memory read at [\d.]+ GB/s", text);
        Assert.Matches(@"products  of 512 × 512 × 512: float32 [\d.]+.* GFLOP/s", text);
        Assert.Matches(@"threads   for .+ × 32 × 32, as in a step of this model: \d+ threads?.*; idle ones .+", text);
        Assert.Matches(@"type      float32 at \d+ GFLOP/s", text);
    }

    [Fact]
    public void Info_OfTheMachineAsJson_HasNumbers()
    {
        using var app = new TinyApp();

        (_, string text, _) = app.Run("info", "--model", app.Model, "--device", "cpu", "--machine", "--json");

        JsonNode machine = JsonNode.Parse(text)!["machine"]!;
        Assert.True(machine["float32_gigaflops"]!.GetValue<double>() > 0);
        Assert.InRange(machine["threads"]!.GetValue<int>(), 1, Environment.ProcessorCount);
    }

    [Fact]
    public void Train_OnTheCpu_BeginsWithTheChoice()
    {
        using var app = new TinyApp();

        (_, string text, _) = app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"], "--device", "cpu");

        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^CPU: \d+ threads?.* \(idle ones .+\); float32 at \d+ GFLOP/s$", lines[Array.FindIndex(lines, line => line.StartsWith("step", StringComparison.Ordinal)) - 1].TrimEnd('\r'));
    }
}
