using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Adapters;

/// <summary>Reads typed values from adapter_config.json. A value of another type is an error that names the field.</summary>
/// <param name="json">The content of the file.</param>
/// <param name="source">The path of the file, for messages.</param>
internal sealed class ConfigJson(JsonObject json, string source)
{
    internal JsonObject Json { get; } = json;

    internal string Source { get; } = source;

    internal static JsonArray? Array<T>(IReadOnlyList<T>? values) =>
        values is null ? null : new JsonArray([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]);

    internal string? Text(string field) => Json[field] is { } node ? JsonScalar.Text(node) ?? throw Wrong(field, "a text") : null;

    internal int Integer(string field, int fallback) => Json[field] is { } node ? JsonScalar.Whole(node) ?? throw Wrong(field, "a whole number") : fallback;

    internal double Number(string field, double fallback) => Json[field] is { } node ? JsonScalar.Number(node) ?? throw Wrong(field, "a number") : fallback;

    internal bool Flag(string field) => Json[field] is { } node && (JsonScalar.Flag(node) ?? throw Wrong(field, "true or false"));

    /// <summary>
    /// Gets the texts of a list; <see langword="null"/> if the field is missing, null or not a list (then <see cref="Text"/> reads it).
    /// </summary>
    internal IReadOnlyList<string>? Texts(string field) =>
        Json[field] is JsonArray list ? [.. list.Select(item => JsonScalar.Text(item) ?? throw Wrong(field, "made of texts"))] : null;

    /// <summary>Gets the whole numbers of a list, or a single one.</summary>
    internal IReadOnlyList<int>? Integers(string field) => Json[field] switch
    {
        null => null,
        JsonArray list => [.. list.Select(item => JsonScalar.Whole(item) ?? throw Wrong(field, "made of whole numbers"))],
        var single => [JsonScalar.Whole(single) ?? throw Wrong(field, "made of whole numbers")],
    };

    /// <summary>Gets numbers by name, in the order of the file. Empty if the field is missing or null.</summary>
    internal IReadOnlyList<KeyValuePair<string, double>> Numbers(string field) =>
        Entries(field, item => JsonScalar.Number(item) ?? throw Wrong(field, "made of numbers"));

    /// <summary>Gets whole numbers by name, in the order of the file. Empty if the field is missing or null.</summary>
    internal IReadOnlyList<KeyValuePair<string, int>> WholeNumbers(string field) =>
        Entries(field, item => JsonScalar.Whole(item) ?? throw Wrong(field, "made of whole numbers"));

    /// <summary>Reads the fields that all adapters on layers have.</summary>
    internal T Layers<T>(T config)
        where T : LayerAdapterConfig => (T)((LayerAdapterConfig)config with
        {
            Source = SavedConfig.Of(Json),
            BaseModel = Text("base_model_name_or_path"),
            Targets = MeansAllLinear ? [LayerAdapterAttribute.AllLinear] : Texts("target_modules"),
            TargetPattern = IsText("target_modules") && !MeansAllLinear ? Text("target_modules") : null,
            Exclude = Texts("exclude_modules"),
            ExcludePattern = IsText("exclude_modules") ? Text("exclude_modules") : null,
            Layers = Integers("layers_to_transform"),
            LayersPattern = IsText("layers_pattern") ? [Text("layers_pattern")!] : Texts("layers_pattern"),
            ModulesToSave = Texts("modules_to_save"),
        });

    /// <summary>Reads the fields that all adapters with virtual tokens have.</summary>
    internal T Before<T>(T config)
        where T : VirtualTokenConfig
    {
        int tokens = Integer("num_virtual_tokens", 0);
        return tokens < 1 ? throw Wrong("num_virtual_tokens", "at least 1") : (T)((VirtualTokenConfig)config with
        {
            Source = SavedConfig.Of(Json),
            BaseModel = Text("base_model_name_or_path"),
            Tokens = tokens,
            ModulesToSave = Texts("modules_to_save"),
        });
    }

    /// <summary>Reads the field <c>bias</c>: none, all, or the layers that the method adapts.</summary>
    /// <param name="adaptedOnly">The last value in this method's files, such as <c>lora_only</c>.</param>
    internal BiasTraining Bias(string adaptedOnly)
    {
        string text = Text("bias") ?? "none";
        return text == "none" ? BiasTraining.None
            : text == "all" ? BiasTraining.All
            : text == adaptedOnly ? BiasTraining.AdaptedLayers
            : throw Wrong("bias", $"\"none\", \"all\" or \"{adaptedOnly}\"");
    }

    /// <summary>Gets the value of the field <c>bias</c>.</summary>
    internal static string BiasText(BiasTraining bias, string adaptedOnly) =>
        bias switch { BiasTraining.All => "all", BiasTraining.AdaptedLayers => adaptedOnly, _ => "none" };

    // 'all-linear' as a single text is a keyword and not a pattern, in any case of letters, as in the reference library.
    private bool MeansAllLinear => LayerAdapterAttribute.AllLinear.Equals(JsonScalar.Text(Json["target_modules"]), StringComparison.OrdinalIgnoreCase);

    internal bool IsText(string field) => JsonScalar.Text(Json[field]) is not null;

    internal PeftException Wrong(string field, string expected) => new(RuleIds.ConfigurationUnreadable,
        $"The field '{field}' in '{Source}' is {JsonScalar.Shown(Json[field])}, but should be {expected}. Correct the file.");

    private IReadOnlyList<KeyValuePair<string, T>> Entries<T>(string field, Func<JsonNode?, T> read) => Json[field] switch
    {
        null => [],
        JsonObject map => [.. map.Select(entry => KeyValuePair.Create(entry.Key, read(entry.Value)))],
        _ => throw Wrong(field, "an object"),
    };
}
