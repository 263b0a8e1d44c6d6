using System.Text.Json.Nodes;
using Peft.Declarative.Tests.App;
using Peft.Declarative.Tests.Hardening.Crashes;

namespace Peft.Declarative.Tests.Training.Parallel;

/// <summary>Real processes of Open MPI.</summary>
public sealed class MpiTests
{
    private static readonly Lazy<bool> HasMpi = new(() =>
    {
        try
        {
            using ChildProcess process = ChildProcess.Mpi(2, "help");
            return process.Rest().Error.Contains("dotnet test", StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    [SkippableFact]
    public void Train_ByMpirun_GivesTheLossesOfOneProcessWithTwiceTheBatch()
    {
        Skip.IfNot(HasMpi.Value, "There is no mpirun that starts two processes on this machine.");
        using var app = new TinyApp { BatchSize = 4 };
        string data = app["more.jsonl"];
        File.WriteAllLines(data, Enumerable.Range(0, 13).Select(i => $$"""{"text": "Once upon a time there {{(i % 2 == 0 ? "was a girl" : "were two dogs")}} and {{i}} trees"}"""));
        (int code, string text, string error) = app.Run("train", "--model", app.Model, "--data", data, "--output", app["alone"], "--device", "cpu", "--json");
        Assert.True(code == 0, error);
        using var process = ChildProcess.Mpi(2, "app", "train", "--model", app.Model, "--data", data, "--output", app["together"], "--device", "cpu", "--json");

        (int together, string shared, string problems) = process.Rest();

        Assert.True(together == 0, problems + shared);
        double[] expected = Losses(text);
        double[] actual = Losses(shared);   // one JSON object: the second process is silent
        Assert.Equal(8, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal(Directory.GetFiles(app["alone"]).Select(Path.GetFileName).Order(), Directory.GetFiles(app["together"]).Select(Path.GetFileName).Order());
    }

    [SkippableTheory]
    [InlineData("killed")]
    [InlineData("failed")]
    [InlineData("silent")]   // the program catches the error, and ends as if all were well
    public void Train_ThatLosesAProcess_EndsAllWithAnError(string end)
    {
        Skip.IfNot(HasMpi.Value, "There is no mpirun that starts two processes on this machine.");
        using var process = ChildProcess.Mpi(2, "victim", "rank", end);

        (int code, _, string error) = process.Rest();

        Assert.NotEqual(0, code);
        Assert.Contains("rank 1", error, StringComparison.Ordinal);
    }

    private static double[] Losses(string json) => [.. JsonNode.Parse(json)!["losses"]!.AsArray().Select(loss => loss!.GetValue<double>())];
}
