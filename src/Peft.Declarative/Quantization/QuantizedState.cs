using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>The quantization state of a weight in a checkpoint. bitsandbytes stores it as JSON text in a uint8 tensor.</summary>
/// <param name="Settings">The data type, the block size, and whether the scales are quantized.</param>
/// <param name="Shape">The shape of the weight.</param>
/// <param name="SourceType">The element type of the weight before quantization.</param>
/// <param name="Offset">The mean of the scales with double quantization; otherwise 0.</param>
internal sealed record QuantizedState(QuantizationSettings Settings, long[] Shape, ScalarType SourceType, float Offset)
{
    private static readonly Dictionary<string, ScalarType> Types = new(StringComparer.Ordinal)
    {
        ["float32"] = ScalarType.Float32,
        ["float16"] = ScalarType.Float16,
        ["bfloat16"] = ScalarType.BFloat16,
    };

    private static readonly Dictionary<string, QuantizationType> Names = new(StringComparer.Ordinal)
    {
        ["nf4"] = QuantizationType.Nf4,
        ["fp4"] = QuantizationType.Fp4,
        ["dynamic8"] = QuantizationType.Dynamic8,   // bitsandbytes has no name for it, because it stores no such weights
    };

    /// <summary>The types whose weights have a state, which is all but <see cref="QuantizationType.Int8"/>.</summary>
    internal static IEnumerable<QuantizationType> WithState => Names.Values;

    internal static string NameOf(QuantizationType type) => Names.First(entry => entry.Value == type).Key;

    internal static string NameOf(ScalarType type) => Types.First(entry => entry.Value == type).Key;

    internal static QuantizedState Of(QuantizedTensor tensor) =>
        new(tensor.Settings, [.. tensor.Shape], tensor.SourceType, tensor.Scales.Offset);

    /// <summary>Parses the text; returns <see langword="null"/> and sets <paramref name="problem"/> if it is not valid.</summary>
    internal static QuantizedState? Parse(ReadOnlySpan<byte> text, out string? problem)
    {
        try
        {
            return Read(JsonNode.Parse(text)?.AsObject() ?? throw new FormatException(), out problem);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            problem = "is not the JSON object of a quantization state";
            return null;
        }
    }

    /// <summary>The text as UTF-8, byte for byte as bitsandbytes writes it.</summary>
    internal byte[] ToBytes()
    {
        string nested = Settings.HasNestedScales
            ? $", \"nested_blocksize\": {Settings.NestedBlockSize}, \"nested_dtype\": \"float32\", \"nested_offset\": {PythonJson.Float(Offset)}"
            : "";
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{{\"quant_type\": \"{NameOf(Settings.Type)}\", \"blocksize\": {Settings.BlockSize}, \"dtype\": \"{NameOf(SourceType)}\", "
            + $"\"shape\": [{string.Join(", ", Shape)}]{nested}}}"));
    }

    private static QuantizedState? Read(JsonObject json, out string? problem)
    {
        string? type = (string?)json["quant_type"];
        int blockSize = (int)Required(json, "blocksize");
        bool nested = json["nested_blocksize"] is not null;
        string dtype = (string?)json["dtype"] ?? "";
        problem = type is null || !Names.TryGetValue(type, out _) ? $"has the type '{UntrustedText.Shown(type ?? "")}', but only {string.Join(", ", Names.Keys)} are supported"
            : !QuantizedSize.BlockSizes.Contains(blockSize) ? $"has blocks of {blockSize}, which is not a supported block size"
            : !Types.ContainsKey(dtype) ? $"is of a weight of type '{UntrustedText.Shown(dtype)}', which is not supported"
            : null;
        if (problem is not null)
        {
            return null;
        }

        var settings = new QuantizationSettings(Names[type!])
        {
            BlockSize = blockSize,
            DoubleQuantization = nested,
        };
        if (nested && (int)Required(json, "nested_blocksize") != settings.NestedBlockSize)
        {
            problem = $"has scales in blocks that are not of {settings.NestedBlockSize}";
            return null;
        }

        long[] shape = [.. Required(json, "shape").AsArray().Select(size => (long)(size ?? throw new FormatException()))];
        return new QuantizedState(settings, shape, Types[dtype], nested ? (float)(double)Required(json, "nested_offset") : 0);
    }

    private static JsonNode Required(JsonObject json, string name) => json[name] ?? throw new FormatException($"'{name}' is missing.");
}
