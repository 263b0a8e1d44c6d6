using Peft.Declarative.Benchmarks.Training;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Memory;

/// <summary>A way to store and multiply a base that is read from files.</summary>
/// <param name="Name">Stands in the table.</param>
/// <param name="FileType">The type of the file.</param>
/// <param name="Prepare">Changes the loaded model to it.</param>
internal sealed record MemoryVariant(string Name, ScalarType FileType, Action<BenchmarkModel> Prepare)
{
    internal static IReadOnlyList<MemoryVariant> All { get; } =
    [
        new("float32", ScalarType.Float32, _ => { }),
        new("bfloat16", ScalarType.BFloat16, model => model.Use(Precision.BFloat16)),
        new("NF4", ScalarType.BFloat16, model => model.Quantize(new QuantizationSettings())),
        new("NF4, weights at once", ScalarType.BFloat16, model =>
        {
            RowBlocks.Elements = long.MaxValue;
            model.Quantize(new QuantizationSettings());
        }),
        new("NF4 in bfloat16", ScalarType.BFloat16, model =>
        {
            model.Quantize(new QuantizationSettings());
            model.Use(Precision.BFloat16);
        }),
    ];
}
