using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Hardening.Crashes;

namespace Peft.Declarative.Tests.App;

/// <summary>Ctrl-C while the program trains, in a process of its own, and going on from there.</summary>
public sealed class InterruptTests
{
    // Seconds of training; on a busy machine the signal can come after the end nevertheless, and then a longer run is interrupted.
    private static readonly int[] Lengths = [120, 1_200];

    private const int Interrupt = 2;    // what a terminal sends for Ctrl-C
    private const int Terminate = 15;   // the same to the program

    [SkippableFact]
    public void Train_InterruptedAndResumed_HasTheLossesOfAnUndisturbedRun()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no signal that a test could send to one process.");
        using var app = new TinyApp();
        int epochs = Lengths[0];
        string[] Command(string output, params string[] more) =>
            ["train", "--model", app.Model, "--data", app.Data, "--epochs", $"{epochs}", "--device", "cpu", "--output", app[output], .. more];

        (int code, string text, string error) = RunAndInterrupt(Command("run"));
        foreach (int longer in Lengths.Skip(1).TakeWhile(_ => code == 0))
        {
            epochs = longer;
            (code, text, error) = RunAndInterrupt(Command("run", "--overwrite"));
        }

        Assert.Equal(1, code);
        Assert.Equal("", error);
        Assert.Contains("Cancelled after", text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(app["run"], "adapter_model.safetensors")));

        JsonArray resumed = Losses(app.Run(Command("run", "--resume", "--json")));
        JsonArray undisturbed = Losses(app.Run(Command("whole", "--json")));
        Assert.Equal(undisturbed.ToJsonString(), resumed.ToJsonString());
    }

    private static (int Code, string Out, string Error) RunAndInterrupt(string[] command)
    {
        using var process = new ChildProcess(["app", .. command]);
        process.Require("step ");
        Assert.Equal(0, Signal(process.Id, InterruptIsIgnored() ? Terminate : Interrupt));
        return process.Rest();
    }

    // Programs that a shell starts in the background ignore Ctrl-C, and so do those that they start.
    private static bool InterruptIsIgnored() => OperatingSystem.IsLinux() && File.ReadLines("/proc/self/status")
        .Where(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
        .Any(line => (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) & (1UL << (Interrupt - 1))) != 0);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Signal(int process, int signal);

    private static JsonArray Losses((int Code, string Out, string Error) run)
    {
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.Code);
        return JsonNode.Parse(run.Out)!["losses"]!.AsArray();
    }
}
