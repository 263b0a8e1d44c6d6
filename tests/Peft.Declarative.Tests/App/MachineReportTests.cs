using System.Text.Json.Nodes;
using Peft.Declarative.Native.Panels;

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

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Info_OfTheMachine_SaysWhoseProductsAreFaster(bool panels)
    {
        Skip.IfNot(PanelProduct.IsSupported, "The processor has no vectors of 512 bits.");
        using var app = new TinyApp();
        PanelSpeed.IsAssumed = panels;
        try
        {
            (_, string text, _) = app.Run("info", "--model", app.Model, "--device", "cpu", "--machine");
            (_, string json, _) = app.Run("info", "--model", app.Model, "--device", "cpu", "--machine", "--json");

            Assert.Equal(panels, text.Contains("float32 by this library's kernels, which are faster here than libtorch's", StringComparison.Ordinal));
            Assert.Equal(panels, JsonNode.Parse(json)!["machine"]!["float32_in_panels"]!.GetValue<bool>());
        }
        finally
        {
            PanelSpeed.IsAssumed = null;
        }
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
