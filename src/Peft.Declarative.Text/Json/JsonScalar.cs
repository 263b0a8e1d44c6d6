using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Text.Json;

/// <summary>
/// Reads single values from untrusted JSON. The readers of System.Text.Json throw different exceptions where a number has a fraction or does not fit;
/// these return null for any value that is not of the requested kind.
/// </summary>
internal static class JsonScalar
{
    /// <summary>A finite number; 1e400 is valid JSON, but not finite.</summary>
    internal static double? Number(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number
        && double.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    /// <summary>A 32-bit integer, also if it is written 8.0, as Python writes floats.</summary>
    internal static int? Whole(JsonNode? node) =>
        Number(node) is { } number && number == Math.Floor(number) && number is >= int.MinValue and <= int.MaxValue ? (int)number : null;

    /// <summary>A 32-bit integer, also as the text that a table has for it.</summary>
    internal static int? WholeOrText(JsonNode? node) => Text(node) is not { } text ? Whole(node)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number == (int)number ? (int)number
        : null;

    /// <summary>A string.</summary>
    internal static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>True or false.</summary>
    internal static bool? Flag(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>A value, made safe for a message.</summary>
    internal static string Shown(JsonNode? node) => UntrustedText.Shown(node?.ToJsonString() ?? "null");
}
