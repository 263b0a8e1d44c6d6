using Peft.Declarative.Data;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Methods;
using Peft.Declarative.Tests.Training;
using Peft.Declarative.Training;

namespace Peft.Declarative.Tests.Data.Rows;

/// <summary>Rows whose tasks do not fit the adapters that learn them, before a run begins.</summary>
public sealed class RowTaskTests
{
    [Fact]
    public void Train_OnRowsOfWrongTasks_NamesAllOfThemBeforeTheFirstStep()
    {
        using CausalLanguageModel model = Model();
        TrainingRow row = TrainingRow.OfText([5, 9, 13]);
        TrainingData data = TrainingData.FromRows([row with { Task = 1 }, row, row with { Task = 3, Source = "line 3 of 'a.jsonl'" }]);
        int steps = 0;

        PeftException error = Assert.Throws<PeftException>(() =>
            TrainingLoop.Train(model, new TrainingPlan { BatchSize = 1 }, data, new TrainingRunTests.Reports(_ => steps++)));

        Assert.Equal("PEFT604", error.Id);
        Assert.Contains("tasks of 2 rows", error.Message, StringComparison.Ordinal);
        Assert.Contains("row 2 names no task, but its adapter 'poly' has 3 tasks", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 3 of 'a.jsonl' has the task 3, but those of its adapter 'poly' go from 0 to 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, steps);
    }

    [Fact]
    public void Train_OnRowsThatNameAdapters_HasEachTaskCheckedByItsOwn()
    {
        using CausalLanguageModel model = Model();
        Invariants.Attach(model, new LoraConfig { Rank = 2 }, "captain");
        TrainingRow row = TrainingRow.OfText([5, 9, 13]);
        TrainingRow[] good = [row with { Adapter = "poly", Task = 2 }, row with { Adapter = "captain" }];

        PeftException error = Assert.Throws<PeftException>(() =>
            TrainingLoop.Train(model, new TrainingPlan { Epochs = 1 }, TrainingData.FromRows([.. good, row with { Adapter = "captain", Task = 2 }])));

        Assert.Contains("tasks of 1 row are", error.Message, StringComparison.Ordinal);
        Assert.Contains("row 3 has the task 2, but its adapter 'captain' has no tasks", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, TrainingLoop.Train(model, new TrainingPlan { Epochs = 1 }, TrainingData.FromRows(good)).Steps);
    }

    [Fact]
    public void MeanLoss_OfTasksWhileSeveralAdaptersAreActive_AsksForNames()
    {
        using CausalLanguageModel model = Model();
        Invariants.Attach(model, new LoraConfig { Rank = 2 }, "captain");
        model.Adapters.Activate("captain", "poly");

        PeftException error = Assert.Throws<PeftException>(() => Evaluation.MeanLoss(model, [TrainingRow.OfText([5, 9, 13]) with { Task = 0 }], 1, 8));

        Assert.Contains("row 1 has the task 0 of one adapter, but 'captain' and 'poly' are active", error.Message, StringComparison.Ordinal);
    }

    private static CausalLanguageModel Model()
    {
        LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Attach(model, new PolyConfig { Rank = 2, Tasks = 3, Skills = 2 }, "poly");
        return model;
    }
}
