using System.Diagnostics;
using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Hardening.Crashes;

namespace Peft.Declarative.Tests.App;

/// <summary>Ctrl-C while the program trains, in a process of its own, and going on from there.</summary>
public sealed class InterruptTests
{
    private const string Epochs = "60";

    [SkippableFact]
    public void Train_InterruptedAndResumed_HasTheLossesOfAnUndisturbedRun()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no signal that a test could send to one process.");
        using var app = new TinyApp();
        string[] Command(string output, params string[] more) =>
            ["train", "--model", app.Model, "--data", app.Data, "--epochs", Epochs, "--device", "cpu", "--output", app[output], .. more];

        (int code, string text, string error) = Interrupt(Command("run"));
        Assert.Equal(1, code);
        Assert.Equal("", error);
        Assert.Contains("Cancelled after", text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(app["run"], "adapter_model.safetensors")));

        JsonArray resumed = Losses(app.Run(Command("run", "--resume", "--json")));
        JsonArray undisturbed = Losses(app.Run(Command("whole", "--json")));
        Assert.Equal(undisturbed.ToJsonString(), resumed.ToJsonString());
    }

    private static (int Code, string Out, string Error) Interrupt(string[] command)
    {
        using var process = new ChildProcess(["app", .. command]);
        process.Require("step ");
        Signal(process.Id);
        return process.Rest();
    }

    // What a terminal sends for Ctrl-C.
    private static void Signal(int process)
    {
        using Process kill = Process.Start("kill", ["-INT", process.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static JsonArray Losses((int Code, string Out, string Error) run)
    {
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.Code);
        return JsonNode.Parse(run.Out)!["losses"]!.AsArray();
    }
}
