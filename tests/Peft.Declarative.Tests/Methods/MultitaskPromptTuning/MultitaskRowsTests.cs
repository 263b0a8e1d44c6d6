using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.MultitaskPromptTuning;

/// <summary>Rows of one batch that belong to different tasks.</summary>
public sealed class MultitaskRowsTests
{
    private static readonly int?[] Tasks = [2, 0, 1];
    private static readonly int?[] OneRow = [null];

    [Fact]
    public void Logits_OfRowsOfSeveralTasks_AreThoseOfEachRowAlone()
    {
        using CausalLanguageModel model = Model();
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = Ids;

        Tensor together = model.Logits(new ModelInput(ids) { TaskIds = Tasks });

        Tensor[] alone = [.. Tasks.Select((task, row) => model.Logits(new ModelInput(ids.narrow(0, row, 1)) { TaskIds = [task] }))];
        Close.To(cat(alone, 0), together, 1e-5, "logits");
        Assert.True(alone[0].sub(model.Logits(new ModelInput(ids.narrow(0, 0, 1)) { TaskIds = [0] })).abs().max().item<float>() > 1e-3, "tasks do not differ");
    }

    [Fact]
    public void Logits_OfRowsOfSeveralAdapters_TakeEachRowsOwnTask()
    {
        using CausalLanguageModel model = Model();
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(5);
        Invariants.Perturb(Invariants.Attach(model, new MultitaskPromptTuningConfig { Tokens = 2, Tasks = 2 }, "other"));
        Invariants.Perturb(Invariants.Attach(model, new LoraConfig { Rank = 2 }, "low rank"));
        Tensor ids = cat([Ids, Ids], 0);
        string?[] names = ["default", "other", null, "low rank", "default", "other"];
        int?[] tasks = [2, 1, null, null, 0, 0];

        Tensor together = model.Logits(new ModelInput(ids) { Adapters = names, TaskIds = tasks });

        for (int row = 0; row < names.Length; row++)
        {
            Tensor alone = model.Logits(new ModelInput(ids.narrow(0, row, 1)) { Adapters = [names[row]], TaskIds = [tasks[row]] });
            long text = ids.size(1);
            Close.To(alone.narrow(1, alone.size(1) - text, text), together.narrow(0, row, 1).narrow(1, together.size(1) - text, text), 1e-5, $"row {row}");
        }
    }

    [Fact]
    public void SumLoss_OfSeveralTasks_GivesTheGradientsOfEachAlone()
    {
        using CausalLanguageModel model = Model();
        using DisposeScope scope = NewDisposeScope();
        Adapter adapter = model.Adapters.Single();
        model.SumLoss(new MicroBatch(Ids, Ids) { TaskIds = Tasks }).backward();
        Dictionary<string, Tensor> together = Take();
        for (int row = 0; row < Tasks.Length; row++)
        {
            Tensor own = Ids.narrow(0, row, 1);
            model.SumLoss(new MicroBatch(own, own) { TaskIds = [Tasks[row]] }).backward();
        }

        foreach ((string key, Tensor alone) in Take())
        {
            Close.To(alone, together[key], 1e-5 * alone.abs().max().item<float>(), key);
        }

        Dictionary<string, Tensor> Take() => adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor =>
        {
            Tensor gradient = tensor.Value.grad!.clone();
            tensor.Value.grad = null;
            return gradient;
        });
    }

    [Fact]
    public void Generation_InSeveralWays_ContinuesEachRowWithItsTask()
    {
        using CausalLanguageModel model = Model();
        using DisposeScope scope = NewDisposeScope();
        var plain = new GenerationOptions { MaxNewTokens = 6, EosTokenIds = [] };
        foreach (GenerationOptions options in new[] { plain, plain with { NumBeams = 3 }, plain with { NumReturnSequences = 2, DoSample = true, TopK = 1 }, plain with { UseCache = false } })
        {
            Tensor together = new TextGenerator(model).Generate(Ids, null, options, taskIds: Tasks);
            for (int row = 0; row < Tasks.Length; row++)
            {
                Tensor alone = new TextGenerator(model).Generate(Ids.narrow(0, row, 1), null, options, taskIds: [Tasks[row]]);
                Close.Bits(alone, together.narrow(0, row * alone.size(0), alone.size(0)), $"{options}, row {row}");
            }
        }
    }

    [Theory]
    [InlineData(null, "row 0 names no task, but its adapter 'default' has 3 tasks")]
    [InlineData(3, "row 0 has the task 3, but those of its adapter 'default' go from 0 to 2")]
    [InlineData(-1, "row 0 has the task -1")]
    public void Logits_OfNoTaskOrAnUnknownOne_AreRefused(int? task, string expected)
    {
        using CausalLanguageModel model = Model();
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = Ids.narrow(0, 0, 1);

        foreach (string?[]? names in new string?[]?[] { null, ["default"] })
        {
            PeftException error = Assert.Throws<PeftException>(() => model.Logits(new ModelInput(ids) { Adapters = names, TaskIds = task is null ? OneRow : [task] }));

            Assert.Equal("PEFT514", error.Id);
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ContinuousBatch_OfAnAdapterWithTasks_SaysWhatToUse()
    {
        using CausalLanguageModel model = Model();
        using var batch = new ContinuousBatch(model);

        PeftException error = Assert.Throws<PeftException>(() => batch.Add([5, 9], "default"));

        Assert.Contains("adapter 'default' has 3 tasks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_WithTheCacheOfOtherTasks_AreRefused()
    {
        using CausalLanguageModel model = Model();
        using DisposeScope scope = NewDisposeScope();
        using var cache = new KeyValueCache(model.Config.LayerCount);
        _ = model.Logits(new ModelInput(Ids) { TaskIds = Tasks, Cache = cache });

        PeftException error = Assert.Throws<PeftException>(() => model.Logits(new ModelInput(Ids.narrow(1, 0, 1)) { TaskIds = [0, 0, 1], Cache = cache }));

        Assert.Contains("TaskIds differ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_OfRowsOfSeveralTasks_GivesTheLogitsOfEachRowAlone()
    {
        using var model = (EncoderDecoderModel)TinyFamilies.Make("t5");
        using DisposeScope scope = NewDisposeScope();
        Attach(model);
        Tensor target = model.DecoderIds(Ids.flip(1));

        Tensor together = model.Logits(Ids, target, taskIds: Tasks);

        Close.To(cat([.. Tasks.Select((task, row) => model.Logits(Ids.narrow(0, row, 1), target.narrow(0, row, 1), taskIds: [task]))], 0), together, 1e-5, "logits");
    }

    [Fact]
    public void Train_OnRowsOfTwoTasks_LearnsBoth()
    {
        using CausalLanguageModel model = Model();
        TrainingRow Row(int task) => TrainingRow.OfCompletion([5, 9, 13], [task == 0 ? 7 : 11, 3, 3, 3]) with { Task = task };

        TrainingLoop.Train(model, new TrainingPlan { LearningRate = 0.1, Epochs = 60, BatchSize = 2, Seed = 3 }, TrainingData.FromRows([Row(0), Row(1)]));

        using DisposeScope scope = NewDisposeScope();
        Tensor prompts = tensor(new long[,] { { 5, 9, 13 }, { 5, 9, 13 } });
        Tensor written = new TextGenerator(model).Generate(prompts, null, new GenerationOptions { MaxNewTokens = 1, EosTokenIds = [] }, taskIds: [0, 1]);
        Assert.Equal([7, 11], written.select(1, 3).data<long>());
    }

    private static Tensor Ids => cat([TinyModels.Ids(), TinyModels.Ids().narrow(0, 0, 1).flip(1)], 0);

    private static CausalLanguageModel Model()
    {
        CausalLanguageModel model = TinyModels.Llama();
        Attach(model);
        return model;
    }

    private static void Attach(PretrainedModel model)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3);
        Invariants.Perturb(Invariants.Attach(model, new MultitaskPromptTuningConfig { Tokens = 4, Tasks = 3, Ranks = 2 }, "default"));
        model.eval();
    }
}
