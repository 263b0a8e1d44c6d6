using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Slots.Products;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>A way to store the frozen base, to adapt it, or to compute the step.</summary>
/// <param name="Name">Stands in the table.</param>
/// <param name="Create">Creates the model, with the same random weights for each variant.</param>
internal sealed record BaseVariant(string Name, Func<CausalLanguageModel> Create)
{
    /// <summary>Runs a step with an optimization switched off; null to run it as it is.</summary>
    internal Action<Action>? Around { get; init; }

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
        new("ours, layer by layer", () => Declared(_ => { })) { Around = step => Without(value => LayerProduct.IsEnabled = value, step) },
        new("ours, no row kernels", () => Declared(_ => { })) { Around = step => Without(value => RowKernel.IsEnabled = value, step) },
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
