using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>What a checkpoint says beside the codes of a weight: bitsandbytes keeps it as JSON text in a tensor of bytes.</summary>
/// <param name="Settings">Type, block size, and whether scales are quantised.</param>
/// <param name="Shape">Shape of the weight.</param>
/// <param name="SourceType">Type of the weight before it was quantised.</param>
/// <param name="Offset">Mean of the scales under double quantisation.</param>
internal sealed record QuantizedState(QuantizationSettings Settings, long[] Shape, ScalarType SourceType, float Offset)
{
    private static readonly Dictionary<string, ScalarType> Types = new(StringComparer.Ordinal)
    {
        ["float32"] = ScalarType.Float32,
        ["float16"] = ScalarType.Float16,
        ["bfloat16"] = ScalarType.BFloat16,
    };

    internal static string NameOf(QuantizationType type) => type == QuantizationType.Nf4 ? "nf4" : "fp4";

    internal static string NameOf(ScalarType type) => Types.First(entry => entry.Value == type).Key;

    internal static QuantizedState Of(QuantizedTensor tensor) =>
        new(tensor.Settings, [.. tensor.Shape], tensor.SourceType, tensor.Scales.Offset);

    /// <summary>Reads the text; null, with what is wrong with it, if it cannot be meant.</summary>
    internal static QuantizedState? Parse(ReadOnlySpan<byte> text, out string? problem)
    {
        try
        {
            return Read(JsonNode.Parse(text)!.AsObject(), out problem);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or ArgumentException or NullReferenceException)
        {
            problem = "is not the JSON object that it should be";
            return null;
        }
    }

    /// <summary>The text, in the words and spaces of the reference.</summary>
    internal byte[] ToBytes()
    {
        string nested = Settings.DoubleQuantization
            ? $", \"nested_blocksize\": {QuantizedSize.NestedBlockSize}, \"nested_dtype\": \"float32\", \"nested_offset\": {PythonJson.Float(Offset)}"
            : "";
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{{\"quant_type\": \"{NameOf(Settings.Type)}\", \"blocksize\": {Settings.BlockSize}, \"dtype\": \"{NameOf(SourceType)}\", "
            + $"\"shape\": [{string.Join(", ", Shape)}]{nested}}}"));
    }

    private static QuantizedState? Read(JsonObject json, out string? problem)
    {
        string? type = (string?)json["quant_type"];
        int blockSize = (int)json["blocksize"]!;
        bool nested = json["nested_blocksize"] is not null;
        string dtype = (string?)json["dtype"] ?? "";
        problem = type is not ("nf4" or "fp4") ? $"has the type '{UntrustedText.Shown(type ?? "")}', but nf4 and fp4 are known"
            : !QuantizedSize.BlockSizes.Contains(blockSize) ? $"has blocks of {blockSize}, which are none that kernels know"
            : !Types.ContainsKey(dtype) ? $"is of a weight of type '{UntrustedText.Shown(dtype)}', which is not known"
            : nested && (int)json["nested_blocksize"]! != QuantizedSize.NestedBlockSize ? "has scales in blocks that are not of 256"
            : null;
        if (problem is not null)
        {
            return null;
        }

        var settings = new QuantizationSettings(type == "nf4" ? QuantizationType.Nf4 : QuantizationType.Fp4)
        {
            BlockSize = blockSize,
            DoubleQuantization = nested,
        };
        long[] shape = [.. json["shape"]!.AsArray().Select(size => (long)size!)];
        return new QuantizedState(settings, shape, Types[dtype], nested ? (float)(double)json["nested_offset"]! : 0);
    }
}
