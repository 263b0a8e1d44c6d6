namespace Peft.Declarative.Benchmarks.Training;

/// <summary>A way to store and multiply the frozen base under the same adapters.</summary>
/// <param name="Name">Stands in the table.</param>
/// <param name="Prepare">Changes the float32 model to it.</param>
internal sealed record BaseVariant(string Name, Action<BenchmarkModel> Prepare)
{
    /// <summary>float32 first; the others are compared with it.</summary>
    internal static IReadOnlyList<BaseVariant> All { get; } =
    [
        new("ours", _ => { }),
        new("ours, bfloat16", model => model.Use(Precision.BFloat16)),
        new("ours, NF4", model => model.Quantize(new QuantizationSettings())),
        new("ours, NF4 in bfloat16", model =>
        {
            model.Quantize(new QuantizationSettings());
            model.Use(Precision.BFloat16);
        }),
    ];

    /// <summary>Creates the model, with the same random weights for each variant.</summary>
    internal BenchmarkModel Create()
    {
        BenchmarkModel model = BenchmarkModel.FromConfig(BenchmarkModel.Shape, seed: 1);
        Prepare(model);
        return model;
    }
}
