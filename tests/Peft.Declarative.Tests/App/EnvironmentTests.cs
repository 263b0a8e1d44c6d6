using Peft.Declarative.Tests.Hardening.Crashes;
using Peft.Declarative.App.Output;

namespace Peft.Declarative.Tests.App;

/// <summary>The console program where it finds less than a developer's machine has.</summary>
public sealed class EnvironmentTests
{
    [SkippableTheory]
    [InlineData("de_DE.UTF-8")]
    [InlineData("tr_TR.UTF-8")]
    [InlineData("fr_FR.UTF-8")]
    [InlineData("ar_SA.UTF-8")]
    public void Train_WithoutHomeTemporaryFolderAndTerminal_TrainsAsEverywhere(string language)
    {
        Skip.If(OperatingSystem.IsWindows(), "There is always a temporary folder and a profile.");
        using var app = new TinyApp();

        // A folder of the system's own cannot be written to by anybody.
        var environment = new Dictionary<string, string?> { ["LANG"] = language, ["LC_ALL"] = language, ["HOME"] = null, ["TMPDIR"] = "/proc", ["COLUMNS"] = "40", ["TERM"] = "dumb" };
        using var process = new ChildProcess(
            environment, "app", "train", "--model", app.Model, "--data", app.Data, "--learning-rate", "0.002", "--device", "cpu", "--output", app["run"]);
        (int code, string text, string error) = process.Rest();

        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.Contains("rate 2.00e-3", app.Run("train", "--model", app.Model, "--data", app.Data, "--learning-rate", "0.002", "--output", app["other"]).Out + text, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(app["other"], "adapter_model.safetensors")), File.ReadAllBytes(Path.Combine(app["run"], "adapter_model.safetensors")));
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
}
