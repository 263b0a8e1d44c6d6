using FirstAdapter.Tours;
using MethodStudy.Output;
using MethodStudy.Study;

namespace Peft.Declarative.Tests.Samples;

public sealed class MethodStudyTests
{
    private static readonly Lazy<Classroom> Room = new(() => new Classroom(Classroom.ShippedBase, "captain"));

    public static TheoryData<string> Names { get; } = [.. Candidates.All.Select(candidate => candidate.Name)];

    [Fact]
    public void Program_AskedForHelp_ShowsIt()
    {
        object? code = typeof(Classroom).Assembly.EntryPoint!.Invoke(null, [new[] { "--help" }]);

        Assert.Equal(0, code);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Candidate_AFewSteps_TrainsOrIsRefusedByName(string name)
    {
        Candidate candidate = Candidates.Of(name);
        if (name == "bitfit")
        {
            Assert.Equal("PEFT103", Assert.Throws<PeftException>(() => candidate.Load(Room.Value.BaseDirectory)).Id);
            return;
        }

        using CausalLanguageModel model = candidate.Load(Room.Value.BaseDirectory);
        model.ChangePlan = plan => plan with { Epochs = 2, BatchSize = 4, WarmupSteps = 0 };
        TrainingResult result = candidate.Train(model, TrainingData.FromRows(Room.Value.Taught.Rows.Take(4)), null);

        Assert.True(result.Losses[1] < result.Losses[0], $"{result.Losses[0]} → {result.Losses[1]}");
    }

    [Fact]
    public void Examine_OnTheBase_HearsTheContentAndNotTheVoice()
    {
        using CausalLanguageModel model = Candidates.Lora.Load(Room.Value.BaseDirectory);

        var exam = Room.Value.Examine(model, count: 8);

        Assert.Equal((1.0, 0.0), (exam.Content, exam.InVoice));
    }

    [Fact]
    public void Measure_OneRound_GivesTimesOverTheFirsts()
    {
        IReadOnlyList<StepTime> times = StepTimes.Measure(
            [Candidates.Lora, Candidates.Of("ia3")], candidate => candidate.Load(Room.Value.BaseDirectory), Room.Value.Taught.Rows, batchSize: 2, rounds: 1);

        Assert.Equal(["lora", "ia3"], times.Select(time => time.Name));
        Assert.Equal(1, times[0].Ratio);
        Assert.Equal(times[1].Milliseconds / times[0].Milliseconds, times[1].Ratio, 1e-9);
    }

    [Fact]
    public void Measurement_WrittenAndRead_DrawsTableAndPage()
    {
        string directory = Directory.CreateTempSubdirectory("peft-study-").FullName;
        try
        {
            var measured = new Measurement { Name = "lora", Title = "LoRA <8>", Trainable = 8, BaseParameters = 100, Full = 0.5, Losses = [2, 1] };
            measured.Write(Path.Combine(directory, "methods", "lora.json"));
            Measurement read = Measurement.Read(Path.Combine(directory, "methods", "lora.json"));

            StudyReport.Write(directory, [read, new Measurement { Name = "bitfit", Title = "BitFit", Refused = "PEFT103: none has one." }], [new SizeResult("tiny", read)], new Dictionary<string, double> { ["lora"] = 1 });

            Assert.Contains("| LoRA <8> | 8 | 8.0 % |", File.ReadAllText(Path.Combine(directory, "table.md")), StringComparison.Ordinal);
            string page = File.ReadAllText(Path.Combine(directory, "study.html"));
            Assert.Contains("LoRA &lt;8&gt;", page, StringComparison.Ordinal);
            Assert.Contains("refused, PEFT103", page, StringComparison.Ordinal);
            Assert.Equal(6, page.Split("data:image/png;base64,").Length - 1);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
