using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.BaseModels;

/// <summary>The <c>quantization_config</c> of config.json, which tells transformers that weights are in 4 or 8 bits.</summary>
internal static class QuantizationJson
{
    /// <summary>The name of the field.</summary>
    internal const string Field = "quantization_config";

    // transformers does not know it, and says so, instead of reading the codes as weights.
    private const string Dynamic8Method = "blockwise_dynamic8";
    private const string Threshold = "llm_int8_threshold";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The content of config.json for the current weights. If neither the file nor the weights are quantized, this is the unchanged file.</summary>
    internal static byte[] Update(string path, IEnumerable<LayerSlot> layers)
    {
        JsonObject json = JsonFile.ReadObject(path);
        LayerSlot[] linear = [.. layers.Where(slot => slot.Base?.Kind is LayerKind.Linear or LayerKind.Conv1D or LayerKind.Head)];
        if (Array.Find(linear, slot => slot.Base!.Quantized is not null)?.Base!.Quantized is { } store)
        {
            string[] dense = [.. linear.Where(slot => slot.Base!.Quantized is null).Select(slot => slot.Path)];
            json[Field] = Of(store.Weight.Settings, dense);
        }
        else if (!json.Remove(Field))
        {
            return File.ReadAllBytes(path);
        }

        return JsonSerializer.SerializeToUtf8Bytes(json, Indented);
    }

    /// <summary>The threshold for outliers of a model in 8 bits; that of transformers if config.json does not say.</summary>
    internal static double OutlierThreshold(string directory)
    {
        string path = Path.Combine(directory, "config.json");
        JsonNode? value = File.Exists(path) ? (JsonFile.ReadObject(path)[Field] as JsonObject)?[Threshold] : null;
        return value?.GetValueKind() == JsonValueKind.Number && value.GetValue<double>() is >= 0 and var threshold ? threshold : new QuantizationSettings().OutlierThreshold;
    }

    /// <summary>Explains why a model with this field cannot be loaded; <see langword="null"/> if it can.</summary>
    internal static string? Problem(JsonNode? field) => field switch
    {
        null => null,
        JsonObject json when json["quant_method"]?.ToString() is null or "bitsandbytes" && (Has(json, "load_in_4bit") || Has(json, "load_in_8bit")) => null,
        JsonObject json when json["quant_method"]?.ToString() == Dynamic8Method => null,
        JsonObject json => $"'{Field}' is of the method '{UntrustedText.Shown(json["quant_method"]?.ToString() ?? "")}', but only bitsandbytes with 4 or 8 bits is implemented",
        _ => $"'{Field}' is not an object",
    };

    private static bool Has(JsonObject json, string flag) => json[flag]?.ToString() == "true";

    private static JsonObject Of(QuantizationSettings settings, string[] dense)
    {
        var json = new JsonObject
        {
            ["quant_method"] = settings.Type == QuantizationType.Dynamic8 ? Dynamic8Method : "bitsandbytes",
            ["load_in_4bit"] = settings.Bits == 4,
            ["load_in_8bit"] = settings.Type == QuantizationType.Int8,
        };
        if (settings.Bits == 4)
        {
            json["bnb_4bit_quant_type"] = QuantizedState.NameOf(settings.Type);
            json["bnb_4bit_use_double_quant"] = settings.DoubleQuantization;
            json["bnb_4bit_compute_dtype"] = "float32";
            json["bnb_4bit_quant_storage"] = "uint8";
        }
        else if (settings.Type == QuantizationType.Int8)
        {
            json[Threshold] = settings.OutlierThreshold;
            json["llm_int8_has_fp16_weight"] = false;
        }

        json["llm_int8_skip_modules"] = new JsonArray([.. dense.Select(path => (JsonNode?)path)]);
        return json;
    }
}
