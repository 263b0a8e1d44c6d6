using Peft.Declarative.Adapters;
using Peft.Declarative.Data;
using Peft.Declarative.Methods.AdaLora;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Training;
using Peft.Declarative.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.AdaLora;

/// <summary>The budget in a whole run: what is left, what is saved, and that a run can be resumed in the middle.</summary>
public sealed class AdaLoraTrainingTests
{
    private static readonly AdaLoraConfig Config = new() { InitialRank = 4, TargetRank = 2, WarmupSteps = 2, FinalSteps = 3 };

    private static readonly TrainingPlan Plan = new() { Epochs = 3, BatchSize = 2, LearningRate = 0.02, EvaluateEvery = 100 };

    [Fact]
    public void Train_ToTheEnd_LeavesTheTargetOnAverageAndSavesNoMore()
    {
        using var folder = new TemporaryFolder();
        using PretrainedModel model = Model(out Adapter adapter);
        Train(model, adapter, Plan);

        long layers = adapter.Tensors.Count / 3;
        Assert.Equal(2 * layers, LeftRanks(adapter));
        model.SaveAdapter(folder.Path);

        using PretrainedModel fresh = TinyFamilies.Make("llama");
        Adapter read = fresh.LoadAdapter(folder.Path);
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(2 * layers, read.Tensors.Where(tensor => tensor.Key.EndsWith(".lora_E", StringComparison.Ordinal)).Sum(tensor => tensor.Value.numel()));
        Close.To(TinyFamilies.Outputs(model), TinyFamilies.Outputs(fresh), 1e-5, "logits");
    }

    [Theory]
    [InlineData(4)]    // before the first pruning has been decided for good
    [InlineData(14)]   // after
    public void Train_StoppedAndResumed_EndsAsIfItHadNot(int stopAfter)
    {
        using var folder = new TemporaryFolder();
        using PretrainedModel whole = Model(out Adapter expected);
        Train(whole, expected, Plan);

        TrainingPlan kept = Plan with { OutputDirectory = folder.Path };
        using PretrainedModel stopped = Model(out Adapter first);
        Train(stopped, first, kept, stopAfter);
        using PretrainedModel resumed = Model(out Adapter second);
        Train(resumed, second, kept with { Resume = true });

        foreach ((AdapterTensor a, AdapterTensor b) in expected.Tensors.Zip(second.Tensors))
        {
            Close.Bits(a.Value, b.Value, a.Key);
        }
    }

    [Fact]
    public void Train_OfAFileWithPrunedRanks_KeepsThem()
    {
        using var folder = new TemporaryFolder();
        using PretrainedModel model = TinyFamilies.Make("llama");
        Adapter adapter = Attach(model, Config with { RankPattern = Pattern(model) });
        model.SaveAdapter(folder.Path);

        using PretrainedModel fresh = TinyFamilies.Make("llama");
        Adapter read = fresh.LoadAdapter(folder.Path);
        long before = read.ParameterCount;
        Train(fresh, read, Plan with { Epochs = 1 });

        Assert.Equal(before, read.ParameterCount);
        Assert.Equal(adapter.ParameterCount, before);
    }

    [Fact]
    public void Load_OfAFileThatDoesNotFit_LeavesTheAdapterAsItWas()
    {
        using var folder = new TemporaryFolder();
        using PretrainedModel other = TinyFamilies.Make("gpt2");
        Attach(other, Config with { RankPattern = Pattern(other) });
        other.SaveAdapter(folder.Path);

        using PretrainedModel model = Model(out Adapter adapter);
        string[] before = [.. adapter.Tensors.Select(tensor => $"{tensor.Key} {tensor.Value.Handle}")];

        Assert.Equal("PEFT702", Assert.Throws<PeftException>(() => model.LoadAdapter(folder.Path)).Id);
        Assert.Equal(before, adapter.Tensors.Select(tensor => $"{tensor.Key} {tensor.Value.Handle}"));
        Assert.All(adapter.Tensors.Where(tensor => tensor.Key.EndsWith(".lora_E", StringComparison.Ordinal)), tensor => Assert.Equal(4, tensor.Value.numel()));
    }

    [Fact]
    public void Start_InARunWithoutRoom_SaysSo()
    {
        using PretrainedModel model = Model(out Adapter adapter, Config with { WarmupSteps = 50 });

        PeftException error = Assert.Throws<PeftException>(() => Train(model, adapter, Plan));

        Assert.Equal("PEFT406", error.Id);
        Assert.Contains("waits 50 steps before it prunes and fixes the ranks in the last 3, which leaves none of the run's 15 steps", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WithAnAdapterAtRest_DoesNothing()
    {
        using PretrainedModel model = Model(out Adapter resting);
        var other = new Adapter("other", new LoraConfig { Rank = 2 });
        AdapterWiring.Attach(model, other);
        model.Adapters.Adopt(other);
        other.Activate();

        Train(model, resting, Plan with { Epochs = 1 });

        Assert.Equal(0, LeftRanks(resting));
    }

    [Fact]
    public void Train_WithBudget_LeavesNoTensorsBehind()
    {
        using PretrainedModel model = Model(out Adapter adapter);
        Train(model, adapter, Plan);
        long before = LiveTensors.CountAfterCollection();

        Train(model, adapter, Plan);

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    // The loop as the generator writes it.
    private static void Train(PretrainedModel model, Adapter adapter, TrainingPlan plan, int stopAfter = int.MaxValue)
    {
        using var stop = new CancellationTokenSource();
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(10));
        using TrainingRun run = TrainingRun.Start(model, plan, data);
        using AdaLoraBudget budget = AdaLoraBudget.Start(adapter, run);
        foreach (Batch batch in run.Batches(stop.Token))
        {
            using DisposeScope step = NewDisposeScope();
            foreach (MicroBatch micro in batch.Split(plan.Accumulate))
            {
                run.Backward(model.SumLoss(micro) / batch.LabelCount);
            }

            budget.Penalize();
            run.ClipGradients(maxNorm: 1.0);
            run.Step();
            budget.Allocate();
            run.Report();
            if (run.StepsDone == stopAfter)
            {
                stop.Cancel();
            }
        }

        run.Finish();
    }

    private static PretrainedModel Model(out Adapter adapter, AdaLoraConfig? config = null)
    {
        PretrainedModel model = TinyFamilies.Make("llama");
        random.manual_seed(11);
        adapter = Attach(model, config ?? Config);
        return model;
    }

    private static Adapter Attach(PretrainedModel model, AdaLoraConfig config)
    {
        var adapter = new Adapter("default", config);
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return adapter;
    }

    private static long LeftRanks(Adapter adapter) => adapter.Tensors
        .Where(tensor => tensor.Key.EndsWith(".lora_E", StringComparison.Ordinal))
        .Sum(tensor => tensor.Value.count_nonzero().item<long>());

    // Nothing is left of the first layer, one rank of each other.
    private static Dictionary<string, IReadOnlyList<bool>> Pattern(PretrainedModel model)
    {
        string[] paths = [.. new AdaLoraMethod().Targets(model, Config).Select(target => target.Slot.Path)];
        return paths.ToDictionary(path => path, path => (IReadOnlyList<bool>)[false, path != paths[0], false, false]);
    }
}
