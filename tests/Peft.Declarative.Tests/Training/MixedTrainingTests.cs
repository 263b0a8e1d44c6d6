using Peft.Declarative.Adapters;
using Peft.Declarative.Data;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Data;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods;
using Peft.Declarative.Training;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>Runs whose rows name the adapters that learn them.</summary>
public sealed class MixedTrainingTests
{
    private const double Rate = 0.01;

    private static readonly string[] Names = ["ada", "grace"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_OnRowsOfTwoAdapters_TrainsEachAsIfAlone(bool packing)
    {
        using DisposeScope scope = NewDisposeScope();
        TrainingRow[] rows = Rows();
        TrainingPlan plan = Plan(rows.Length) with { Packing = packing };
        using PretrainedModel together = Model();
        Unclipped(together, plan, rows);

        foreach (string name in Names)
        {
            TrainingRow[] own = [.. rows.Where(row => row.Adapter == name)];
            using PretrainedModel alone = Model();
            alone.Adapters[name].Activate();

            // The mean of a step is over all its labels, of which an adapter has a share.
            double share = own.Sum(row => row.CountLabels()) / (double)rows.Sum(row => row.CountLabels());
            Unclipped(alone, Plan(own.Length) with { LearningRate = Rate * share }, own.Select(row => row with { Adapter = null }));
            foreach ((AdapterTensor expected, AdapterTensor actual) in alone.Adapters[name].Tensors.Zip(together.Adapters[name].Tensors))
            {
                Close.To(expected.Value.detach(), actual.Value, 1e-6, $"{name}: {expected.Key}");
            }
        }
    }

    [Fact]
    public void Train_WithStepsOfOneAdapterEach_LeavesTheOtherOneAsItWas()
    {
        using DisposeScope scope = NewDisposeScope();
        TrainingRow[] rows = [.. Names.Select((name, i) => TrainingLoop.Rows(3)[i + 1] with { Adapter = name })];
        TrainingPlan plan = new() { Epochs = 1, BatchSize = 1, LearningRate = Rate, Schedule = Schedule.Constant, WeightDecay = 0.5 };
        using PretrainedModel together = Model();
        TrainingLoop.Train(together, plan, TrainingData.FromRows(rows));

        foreach (TrainingRow row in rows)
        {
            using PretrainedModel alone = Model();
            alone.Adapters[row.Adapter!].Activate();
            TrainingLoop.Train(alone, plan, TrainingData.FromRows([row with { Adapter = null }]));
            foreach ((AdapterTensor expected, AdapterTensor actual) in alone.Adapters[row.Adapter!].Tensors.Zip(together.Adapters[row.Adapter!].Tensors))
            {
                Close.To(expected.Value.detach(), actual.Value, 1e-6, $"{row.Adapter}: {expected.Key}");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_WithALearningRateOfAnAdapter_TrainsEachAtItsOwn(bool momentum)
    {
        using DisposeScope scope = NewDisposeScope();
        TrainingRow[] rows = Rows();
        TrainingPlan plan = Plan(rows.Length) with { CustomOptimizer = momentum ? null : parameters => new Sgd(parameters) };
        using PretrainedModel together = Model();
        Unclipped(together, plan with { LearningRates = new Dictionary<string, double> { ["grace"] = 5 * Rate } }, rows);

        foreach ((string name, double rate) in new[] { ("ada", Rate), ("grace", 5 * Rate) })
        {
            using PretrainedModel all = Model();
            Unclipped(all, plan with { LearningRate = rate }, rows);
            foreach ((AdapterTensor expected, AdapterTensor actual) in all.Adapters[name].Tensors.Zip(together.Adapters[name].Tensors))
            {
                Close.To(expected.Value.detach(), actual.Value, 1e-6, $"{name}: {expected.Key}");
            }
        }
    }

    [Fact]
    public void Train_WithALearningRateOfNoAdapter_SaysWhichIsNear()
    {
        using PretrainedModel model = Model();
        TrainingPlan plan = Plan(4) with { LearningRates = new Dictionary<string, double> { ["garce"] = 1e-2 } };

        PeftException error = Assert.Throws<PeftException>(() => TrainingLoop.Train(model, plan, TrainingData.FromRows(Rows())));

        Assert.Equal("PEFT703", error.Id);
        Assert.Contains("Did you mean 'grace'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ResumedWithLearningRatesOfAdapters_EndsAsInOneRun()
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        TrainingPlan plan = Plan(2) with { CustomOptimizer = null, LearningRates = new Dictionary<string, double> { ["grace"] = 5 * Rate } };
        using PretrainedModel whole = Model(), parts = Model();
        TrainingLoop.Train(whole, plan, TrainingData.FromRows(Rows()));
        TrainingLoop.Train(parts, plan with { Epochs = 2, OutputDirectory = folder.Path }, TrainingData.FromRows(Rows()));
        using PretrainedModel resumed = Model();

        TrainingLoop.Train(resumed, plan with { OutputDirectory = folder.Path, Resume = true }, TrainingData.FromRows(Rows()));

        foreach ((AdapterTensor expected, AdapterTensor actual) in whole.Adapters["grace"].Tensors.Zip(resumed.Adapters["grace"].Tensors))
        {
            Close.To(expected.Value.detach(), actual.Value, 1e-6, expected.Key);
        }
    }

    [Fact]
    public void Train_WithAnOutputDirectory_SavesEachAdapter()
    {
        using var folder = new TemporaryFolder();
        using DisposeScope scope = NewDisposeScope();
        TrainingData data = TrainingData.FromRows(Rows());
        using PretrainedModel model = Model();
        TrainingLoop.Train(model, Plan(4) with { OutputDirectory = folder.Path }, data.WithEvaluation(data));

        foreach (string kind in new[] { "best", "last" })
        {
            using PretrainedModel fresh = TinyFamilies.Make("llama");
            LoadedAdapters loaded = fresh.Adapters.LoadAll(folder[kind]);

            Assert.Empty(loaded.Failed);
            Assert.Equal(Names, loaded.Adapters.Select(adapter => adapter.Name));
            Assert.Empty(fresh.Adapters.Active);
        }
    }

    [Fact]
    public void Train_OnRowsOfAnUnknownAdapter_NamesTheNearOne()
    {
        using PretrainedModel model = Model();
        TrainingData data = TrainingData.FromRows(Rows().Select(row => row.Adapter == "grace" ? row with { Adapter = "garce" } : row));

        PeftException error = Assert.Throws<PeftException>(() => TrainingLoop.Train(model, Plan(4), data));

        Assert.Equal("PEFT703", error.Id);
        Assert.Contains("Did you mean 'grace'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_OnRowsOfWhichSomeNameNoAdapter_SaysWhich()
    {
        using PretrainedModel model = Model();
        TrainingData data = TrainingData.FromRows(Rows().Select((row, i) => i == 2 ? row with { Adapter = null } : row));

        PeftException error = Assert.Throws<PeftException>(() => TrainingLoop.Train(model, Plan(4), data));

        Assert.Equal("PEFT604", error.Id);
        Assert.Contains("row 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Steps_OfMixedRows_KeepTheNumberOfLiveTensors(bool checkpointing)
    {
        var mixed = MixedRows.Of("llama", "lora");
        using PretrainedModel model = mixed.Model;
        model.Adapters.Activate([.. MixedRows.Names.OfType<string>().Distinct()]);
        model.GradientCheckpointing = checkpointing;
        model.train();
        using Tensor ids = MixedRows.Ids;
        Step(3);
        long before = LiveTensors.CountAfterCollection();

        Step(20);

        Assert.InRange(Tensor.TotalCount, 0, before);

        void Step(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                mixed.Loss(ids, MixedRows.Names).backward();
                mixed.TakeGradients();
            }
        }
    }

    [Theory]
    [InlineData("llama", "lora")]
    [InlineData("llama", "prefix tuning, gated")]
    [InlineData("bert", "unipelt")]
    [InlineData("t5", "mix and match")]
    public void Gradients_OfMixedRowsWithCheckpointing_AreThoseWithout(string family, string method)
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> plain = Gradients(family, method, checkpointing: false);
        foreach ((string key, Tensor gradient) in Gradients(family, method, checkpointing: true))
        {
            Close.To(plain[key], gradient, 1e-5, key);
        }
    }

    [Fact]
    public void Rows_OfAFile_NameTheirAdapters()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("rows.jsonl", """
            {"prompt": "a", "completion": "b", "adapter": "ada"}
            {"text": "ab", "adapter": "grace"}
            {"text": "ba", "adapter": null}
            """);

        TrainingData data = TrainingData.FromFile(file, new Letters(), maxLength: 8, endOfSequence: null);

        Assert.Equal(["ada", "grace", null], data.Rows.Select(row => row.Adapter));
    }

    // Clipping looks at the gradients of all adapters together.
    private static void Unclipped(PretrainedModel model, TrainingPlan plan, IEnumerable<TrainingRow> rows)
    {
        using TrainingRun run = TrainingRun.Start(model, plan, TrainingData.FromRows(rows));
        foreach (Batch batch in run.Batches())
        {
            using DisposeScope step = NewDisposeScope();
            run.Backward(model.SumLoss(batch.Whole) / batch.LabelCount);
            run.Step();
        }
    }

    private static Dictionary<string, Tensor> Gradients(string family, string method, bool checkpointing)
    {
        var mixed = MixedRows.Of(family, method);
        using PretrainedModel model = mixed.Model;
        model.Adapters.Activate([.. MixedRows.Names.OfType<string>().Distinct()]);
        model.GradientCheckpointing = checkpointing;
        model.train();
        mixed.Loss(MixedRows.Ids, MixedRows.Names).backward();
        return mixed.TakeGradients();
    }

    private static TrainingPlan Plan(int batch) => new()
    {
        Epochs = 4,
        BatchSize = batch,
        LearningRate = Rate,
        Schedule = Schedule.Constant,
        MaxLength = 32,
        CustomOptimizer = parameters => new Sgd(parameters),
    };

    private static TrainingRow[] Rows() => [.. TrainingLoop.Rows(4).Select((row, i) => row with { Adapter = Names[i % 2] })];

    private static PretrainedModel Model()
    {
        PretrainedModel model = TinyFamilies.Make("llama");
        using DisposeScope scope = NewDisposeScope();
        foreach (string name in Names)
        {
            random.manual_seed(name[0]);
            Invariants.Perturb(Invariants.Attach(model, new LoraConfig { Rank = 2, Alpha = 4 }, name));
        }

        return model;
    }
}
