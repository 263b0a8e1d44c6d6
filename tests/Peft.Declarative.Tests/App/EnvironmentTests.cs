using Peft.Declarative.App.Output;
using Peft.Declarative.Tests.Hardening.Crashes;

namespace Peft.Declarative.Tests.App;

/// <summary>The console program where it finds less than a developer's machine has.</summary>
public sealed class EnvironmentTests
{
    [SkippableTheory]
    [InlineData("de_DE.UTF-8", "/proc")]   // a folder of the system's own, to which nobody can write
    [InlineData("tr_TR.UTF-8", "/nowhere/at/all")]
    [InlineData("fr_FR.UTF-8", "/proc")]
    [InlineData("ar_SA.UTF-8", "/nowhere/at/all")]
    public void Train_WithoutHomeTemporaryFolderAndTerminal_TrainsAsEverywhere(string language, string temporary)
    {
        Skip.If(OperatingSystem.IsWindows(), "There is always a temporary folder and a profile.");
        using var app = new TinyApp();
        using var process = new ChildProcess(
            Poor(language, temporary), "app", "train", "--model", app.Model, "--data", app.Data, "--learning-rate", "0.002", "--device", "cpu", "--output", app["run"]);
        (int code, string text, string error) = process.Rest();

        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.Contains("rate 2.00e-3", app.Run("train", "--model", app.Model, "--data", app.Data, "--learning-rate", "0.002", "--output", app["other"]).Out + text, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(app["other"], "adapter_model.safetensors")), File.ReadAllBytes(Path.Combine(app["run"], "adapter_model.safetensors")));
    }

    [SkippableTheory]
    [InlineData("de_DE.UTF-8", "eval", "--data")]
    [InlineData("tr_TR.UTF-8", "generate", "--prompt", "Once", "--max-new-tokens", "5", "--temperature", "0.7", "--seed", "1", "--json")]
    [InlineData("fr_FR.UTF-8", "merge", "--output")]
    [InlineData("ar_SA.UTF-8", "info", "--data")]
    public void Command_WithoutHomeTemporaryFolderAndTerminal_GivesWhatItGivesEverywhere(string language, params string[] command)
    {
        Skip.If(OperatingSystem.IsWindows(), "There is always a temporary folder and a profile.");
        using var app = new TinyApp { Width = 40 };
        app.Run("train", "--model", app.Model, "--data", app.Data, "--output", app["run"]);
        string[] Args(string output) => [.. command, .. command[^1] == "--data" ? [app.Data] : command[^1] == "--output" ? [output] : (string[])[], "--model", app.Model, "--adapter", app["run"]];
        using var process = new ChildProcess(Poor(language, "/proc"), ["app", .. Args(app["there"])]);

        (int code, string text, string error) = process.Rest();
        (_, string expected, _) = app.Run(Args(app["here"]));

        Assert.Equal("", error);
        Assert.Equal(0, code);
        if (command[0] == "merge")
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(app["here"], "model.safetensors")), File.ReadAllBytes(Path.Combine(app["there"], "model.safetensors")));
        }
        else if (command[0] != "info")   // whose table follows the width
        {
            Assert.Equal(expected, text);
        }
    }

    [SkippableTheory]
    [InlineData(64)]
    [InlineData(76)]
    [InlineData(88)]
    [InlineData(96)]   // enough to begin, not to save
    public void Train_WithFewOpenFiles_SaysSoBeforeItBegins(int limit)
    {
        Skip.If(OperatingSystem.IsWindows(), "There is no such limit.");
        using var app = new TinyApp();
        using var process = ChildProcess.Limited($"ulimit -n {limit}", "app", "train", "--model", app.Model, "--data", app.Data, "--device", "cpu", "--output", app["run"]);

        (int code, _, string error) = process.Rest();

        Assert.StartsWith($"PEFT904: The system allows this program {limit} open files", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, code);
        Assert.False(Directory.Exists(app["run"]));
    }

    [SkippableFact]
    public void Train_WithOpenFilesEnough_Trains()
    {
        Skip.If(OperatingSystem.IsWindows(), "There is no such limit.");
        using var app = new TinyApp();
        using var process = ChildProcess.Limited("ulimit -n 256", "app", "train", "--model", app.Model, "--data", app.Data, "--device", "cpu", "--output", app["run"]);

        (int code, _, string error) = process.Rest();

        Assert.Equal("", error);
        Assert.Equal(0, code);
    }

    [Fact]
    public void Info_On40Columns_CutsNamesInTheMiddle()
    {
        using var app = new TinyApp { Width = 40 };

        (int code, string text, _) = app.Run("info", "--model", app.Model, "--device", "cpu");

        Assert.Equal(0, code);
        string[] rows = [.. text.Split('\n').Where(line => line.StartsWith('│'))];
        Assert.All(rows, row => Assert.True(row.Length <= 40, row));
        Assert.Equal(1 + 4, rows.Length);
        Assert.All(rows.Skip(1), row => Assert.Contains('…', row));
    }

    [Theory]
    [InlineData("model.layers.*.self_attn.q_proj.lora_A.weight", 20, "model.…lora_A.weight")]
    [InlineData("short", 20, "short")]
    public void Name_ThatIsTooLong_KeepsItsBeginningAndEnd(string name, int room, string expected) => Assert.Equal(expected, TrainableTable.Shortened(name, room));

    private static Dictionary<string, string?> Poor(string language, string temporary) => new()
    {
        ["LANG"] = language,
        ["LC_ALL"] = language,
        ["HOME"] = null,
        ["TMPDIR"] = temporary,
        ["COLUMNS"] = "40",
        ["TERM"] = "dumb",
    };
}
