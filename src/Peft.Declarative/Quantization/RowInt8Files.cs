using Peft.Declarative.Checkpoints;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Weights of LLM.int8() in checkpoint files, under the names that bitsandbytes and transformers use: <c>weight</c> (int8 [out, in]), <c>SCB</c>, the greatest
/// absolute value of each row, and <c>weight_format</c>, which is 0 for rows.
/// </summary>
internal static class RowInt8Files
{
    private const string Weight = "weight";
    private const string Scales = "SCB";
    private const string Format = "weight_format";

    internal static bool Has(ModelDirectory files, string weight) => files.Contains(Sibling(weight, Scales)) && files.Entry(weight).Dtype == SafetensorsDtype.I8;

    internal static IEnumerable<string> NamesOf(string weight) => [weight, Sibling(weight, Scales), Sibling(weight, Format)];

    /// <param name="files">The files.</param>
    /// <param name="weight">The name of the weight.</param>
    /// <param name="shape">The shape [out, in] that it should have.</param>
    internal static string? Problem(ModelDirectory files, string weight, long[] shape)
    {
        IReadOnlyList<long> stored = files.Entry(weight).Shape;
        return !stored.SequenceEqual(shape)
            ? $"'{weight}' is [{string.Join(", ", stored)}] in 8 bits, but should be [{string.Join(", ", shape)}]"
            : QuantizedFiles.Size(files, Sibling(weight, Scales), SafetensorsDtype.F32, shape[0]) ?? OtherFormat(files, Sibling(weight, Format));
    }

    internal static QuantizedTensor Read(ModelDirectory files, string weight, Device device, double outlierThreshold)
    {
        Tensor codes = files.Read(weight);
        Tensor moved = device.type == DeviceType.CPU ? codes : codes.to(device).DetachFromDisposeScope();
        var scales = new ScaleTensors(files.Read(Sibling(weight, Scales)));
        var settings = new QuantizationSettings(QuantizationType.Int8) { OutlierThreshold = outlierThreshold };
        return QuantizedTensor.FromParts(settings, codes.shape, ScalarType.Float32, moved, scales.To(device));
    }

    internal static IEnumerable<(string Name, Tensor Value)> Parts(string weight, QuantizedTensor source) =>
    [
        (weight, source.Packed),
        (Sibling(weight, Scales), source.Scales.Values),
        (Sibling(weight, Format), zeros([], dtype: ScalarType.Byte)),
    ];

    // The other formats reorder columns for one generation of GPUs; programs have not written them for years.
    private static string? OtherFormat(ModelDirectory files, string name)
    {
        if (!files.Contains(name))
        {
            return null;
        }

        using Tensor format = files.Read(name);
        return format.numel() == 1 && format.to(ScalarType.Int64).item<long>() == 0 ? null : $"'{name}' is not 0, the format of rows";
    }

    private static string Sibling(string weight, string name) => weight[..^Weight.Length] + name;
}
