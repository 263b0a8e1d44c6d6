using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Models;

/// <summary>
/// Reads the size of the sliding window, which each family spells differently. All blocks of a model must be of the same kind, because they share one mask.
/// </summary>
internal static class WindowReader
{
    private const string Full = "full_attention";
    private const string Sliding = "sliding_attention";

    /// <summary>The size of the window; <see langword="null"/> for no window.</summary>
    internal static int? Read(ConfigReader config, string type)
    {
        int? window = config.Whole("sliding_window");
        if (!IsWindowed(config, type))
        {
            return null;
        }

        config.Require(window is null or > 0, $"'sliding_window' is {window}, but should be at least 1");
        return window;
    }

    private static bool IsWindowed(ConfigReader config, string type) => Kinds(config) is { } kinds ? IsListed(config, type, kinds) : type switch
    {
        "mistral" => true,
        "qwen2" => config.Flag("use_sliding_window", false) && FromTheFirstBlockOn(config),
        _ => false,
    };

    // Newer files list the kind of each block. The list has priority over the other fields.
    private static bool IsListed(ConfigReader config, string type, IReadOnlyList<string?> kinds)
    {
        string?[] different = [.. kinds.Distinct()];
        config.Require(different is [Full] or [Sliding], $"'layer_types' has {Names(different)}, but only one kind for all blocks is implemented, {Full} or {Sliding}");
        bool sliding = different is [Sliding];
        config.Require(!sliding || type != "llama", $"'layer_types' is {Sliding}, but this family attends to everything");
        config.Require(!sliding || config["sliding_window"] is not null, $"'layer_types' is {Sliding}, but 'sliding_window' is missing");
        return sliding;
    }

    private static IReadOnlyList<string?>? Kinds(ConfigReader config)
    {
        JsonNode? stated = config["layer_types"];
        config.Require(stated is null or JsonArray, $"'layer_types' is {JsonScalar.Shown(stated)}, but should be a list");
        return stated is JsonArray { Count: > 0 } list ? [.. list.Select(JsonScalar.Text)] : null;
    }

    private static string Names(IEnumerable<string?> kinds) => string.Join(", ", kinds.Take(4).Select(kind => kind is null ? "no text" : UntrustedText.Shown(kind)));

    private static bool FromTheFirstBlockOn(ConfigReader config)
    {
        int first = config.Whole("max_window_layers") ?? 28;
        int layers = config.Size("num_hidden_layers", most: 4096);
        config.Require(first == 0 || first >= layers, $"'max_window_layers' is {first} of {layers}, but a window on some blocks only is not implemented");
        return first == 0;
    }
}
