namespace Peft.Declarative.Tests.Hardening.Fuzzing;

/// <summary>The fast lane. The slow one is <c>dotnet run -c Release --project tests/Peft.Declarative.Tests -- fuzz</c>.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20;

    public static TheoryData<string, int> Targets => new()
    {
        { "safetensors", 3000 },
        { "shard-index", 2000 },
        { "tokenizer", 2000 },
        { "tokenizer-config", 1000 },
        { "chat-template", 3000 },
        { "adapter-config", 1500 },
        { "hub-config", 1500 },
        { "adapter-training", 2000 },
        { "model-config", 1500 },
        { "generation-config", 2000 },
        { "json-lines", 20_000 },
        { "parquet", 500 },
        { "row-files", 5000 },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public void Read_OfDamagedFiles_SucceedsOrSaysWhy(string name, int inputs)
    {
        using FuzzTarget target = FuzzTargets.Make(name);

        FuzzReport report = new FuzzRun(target, inputs, Seed).Go();

        Assert.True(report.Failures.Count == 0, string.Join("\n\n", report.Failures));
        Assert.InRange(report.Accepted, inputs / 100, inputs - (inputs / 100));   // all or none refused would test little
        Assert.InRange(report.Accepted + report.Refused, inputs / 10, inputs);      // and so would ends at the first broken bracket
    }

    [Fact]
    public void Targets_AreAllInTheFastLane() =>
        Assert.Equal(FuzzTargets.Names.Order(StringComparer.Ordinal), Targets.Select(row => (string)row[0]).Order(StringComparer.Ordinal));
}
