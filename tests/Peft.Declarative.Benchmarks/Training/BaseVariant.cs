using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Native.Panels;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Training.Optimizers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>A way to store the frozen base, to adapt it, or to compute the step.</summary>
/// <param name="Name">Stands in the table.</param>
/// <param name="Create">Creates the model, with the same random weights for each variant.</param>
internal sealed record BaseVariant(string Name, Func<CausalLanguageModel> Create)
{
    /// <summary>Runs a step with an optimization switched off; null to run it as it is.</summary>
    internal Action<Action>? Around { get; init; }

    /// <summary>The loss of a micro-batch; that of the model unless set.</summary>
    internal Func<CausalLanguageModel, MicroBatch, Tensor> Loss { get; init; } = (model, micro) => model.SumLoss(micro);

    /// <summary>Changes the plan of the step.</summary>
    internal Func<TrainingPlan, TrainingPlan> Plan { get; init; } = plan => plan;

    /// <summary>float32 first; the others are compared with it.</summary>
    internal static IReadOnlyList<BaseVariant> All { get; } =
    [
        new("ours", () => Declared(_ => { })),
        new("ours, bfloat16", () => Declared(model => model.Use(Precision.BFloat16))),
        new("ours, NF4", () => Declared(model => model.Quantize(new QuantizationSettings()))),
        new("ours, NF4 in bfloat16", () => Declared(model =>
        {
            model.Quantize(new QuantizationSettings());
            model.Use(Precision.BFloat16);
        })),
        new("DoRA", () => Attached(new DoraConfig { Rank = BenchmarkModel.Rank, Alpha = BenchmarkModel.Alpha, Targets = ["q_proj", "v_proj"] })),
        new("(IA)³", () => Attached(new Ia3Config())),
        new("prefix of 20", () => Attached(new PrefixTuningConfig { Tokens = 20 })),
        new("ours, selective checkpoints", () => Declared(_ => { })) { Plan = plan => plan with { Checkpointing = Checkpointing.Selective } },
        new("ours, layer by layer", () => Declared(_ => { })) { Around = step => Without(value => LayerProduct.IsEnabled = value, step) },
        new("ours, no row kernels", () => Declared(_ => { })) { Around = step => Without(value => RowKernel.IsEnabled = value, step) },
        new("ours, libtorch's products", () => Declared(_ => { })) { Around = step => Without(value => PanelSpeed.IsAssumed = value ? null : false, step) },
        new("ours, libtorch's attention", () => Declared(_ => { })) { Around = step => Without(value => FusedAttention.IsEnabled = value, step) },
        new("ours, all logits at once", () => Declared(_ => { })) { Loss = (model, micro) => Losses.NextTokenSum(model.forward(micro.InputIds), micro.Labels) },
        new("ours, no buffer of parameters", () => Declared(_ => { })) { Plan = plan => plan with { CustomOptimizer = OneByOne } },
        new("ours, NF4, weights at once", () => Declared(model => model.Quantize(new QuantizationSettings()))) { Around = WithoutBlocks },
    ];

    private static BenchmarkModel Declared(Action<BenchmarkModel> prepare)
    {
        BenchmarkModel model = BenchmarkModel.FromConfig(BenchmarkModel.Shape, seed: 1);
        prepare(model);
        return model;
    }

    private static LlamaForCausalLM Attached(AdapterConfig config)
    {
        LlamaForCausalLM model = LlamaForCausalLM.FromConfig(BenchmarkModel.Shape, seed: 1);
        model.Adapters.Attach(new Adapter("default", config));
        return model;
    }

    // A group for each parameter, whose learning rates differ in the last digits.
    private static ParameterGroups OneByOne(IReadOnlyList<(string Name, Parameter Value)> parameters)
    {
        string[] names = [.. parameters.Select(parameter => parameter.Name)];
        return new ParameterGroups(parameters, name => 1 + (1e-12 * Array.IndexOf(names, name)), group => OptimizerCatalog.Make(OptimizerType.AdamW, group, weightDecay: 0.01));
    }

    private static void WithoutBlocks(Action step)
    {
        long elements = RowBlocks.Elements;
        RowBlocks.Elements = long.MaxValue;
        try
        {
            step();
        }
        finally
        {
            RowBlocks.Elements = elements;
        }
    }

    private static void Without(Action<bool> enable, Action step)
    {
        enable(false);
        try
        {
            step();
        }
        finally
        {
            enable(true);
        }
    }
}
