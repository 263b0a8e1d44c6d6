using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Checkpoints;

/// <summary>
/// Reads single values out of a stranger's JSON. The library's own readers throw where a number has a fraction or does not fit, each in another way;
/// these give null for whatever is not of the kind that is asked for.
/// </summary>
internal static class JsonScalar
{
    /// <summary>A finite number; 1e400 is none, although it is good JSON.</summary>
    internal static double? Number(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number
        && double.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    /// <summary>A whole number of 32 bits, also one that is written 8.0 as Python writes its floats.</summary>
    internal static int? Whole(JsonNode? node) =>
        Number(node) is { } number && number == Math.Floor(number) && number is >= int.MinValue and <= int.MaxValue ? (int)number : null;

    /// <summary>A text.</summary>
    internal static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>True or false.</summary>
    internal static bool? Flag(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>A value as a message may show it.</summary>
    internal static string Shown(JsonNode? node) => UntrustedText.Shown(node?.ToJsonString() ?? "null");
}
