using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.BaseModels;

/// <summary>The <c>quantization_config</c> of config.json, which tells transformers that weights are in 4 bits.</summary>
internal static class QuantizationJson
{
    /// <summary>The name of the field.</summary>
    internal const string Field = "quantization_config";

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

    /// <summary>Explains why a model with this field cannot be loaded; <see langword="null"/> if it can.</summary>
    internal static string? Problem(JsonNode? field) => field switch
    {
        null => null,
        JsonObject json when json["quant_method"]?.ToString() is null or "bitsandbytes" && json["load_in_4bit"]?.ToString() == "true" => null,
        JsonObject json => $"'{Field}' is of the method '{UntrustedText.Shown(json["quant_method"]?.ToString() ?? "")}', but only bitsandbytes with 4 bits is implemented",
        _ => $"'{Field}' is not an object",
    };

    private static JsonObject Of(QuantizationSettings settings, string[] dense) => new()
    {
        ["quant_method"] = "bitsandbytes",
        ["load_in_4bit"] = true,
        ["load_in_8bit"] = false,
        ["bnb_4bit_quant_type"] = QuantizedState.NameOf(settings.Type),
        ["bnb_4bit_use_double_quant"] = settings.DoubleQuantization,
        ["bnb_4bit_compute_dtype"] = "float32",
        ["bnb_4bit_quant_storage"] = "uint8",
        ["llm_int8_skip_modules"] = new JsonArray([.. dense.Select(path => (JsonNode?)path)]),
    };
}
