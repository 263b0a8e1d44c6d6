using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.Layers;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Models;

/// <summary>Reads the rotary embedding and its context extension from config.json.</summary>
internal static class RopeReader
{
    /// <summary>Reads both spellings: <c>rope_theta</c> with <c>rope_scaling</c>, and the newer <c>rope_parameters</c>.</summary>
    internal static RotaryEmbedding Read(ConfigReader config, int headSize)
    {
        JsonNode? stated = config["rope_parameters"] ?? config["rope_scaling"];
        config.Require(stated is null or JsonObject, $"'rope_scaling' is {JsonScalar.Shown(stated)}, but should be an object");
        JsonObject settings = stated as JsonObject ?? [];
        double part = config.Number(settings, "partial_rotary_factor") ?? config.Number("partial_rotary_factor", 1);
        config.Require(part == 1, $"'partial_rotary_factor' is {part.ToString(CultureInfo.InvariantCulture)}, but only 1, the whole head, is implemented");
        double theta = config.Number(settings, "rope_theta") ?? config.Number("rope_theta", 10000.0);
        config.Require(theta > 0, $"'rope_theta' is {theta.ToString(CultureInfo.InvariantCulture)}, but should be above 0");
        double[] frequencies = RotaryEmbedding.Frequencies(headSize, theta);
        string type = config.Text(settings, "rope_type") ?? config.Text(settings, "type") ?? "default";
        switch (type)
        {
            case "default":
                break;
            case "linear":
                Scale(frequencies, 1.0 / Required(config, settings, "factor"));
                break;
            case "llama3":
                Llama3(config, settings, frequencies);
                break;
            default:
                config.Require(false, $"'rope_type' is '{UntrustedText.Shown(type)}', but only default, linear, llama3 is implemented");
                break;
        }

        return new RotaryEmbedding(frequencies);
    }

    // Long wavelengths are scaled by the factor, short ones are kept, and those in between are interpolated.
    private static void Llama3(ConfigReader config, JsonObject settings, double[] frequencies)
    {
        double factor = Required(config, settings, "factor");
        double low = Required(config, settings, "low_freq_factor");
        double high = Required(config, settings, "high_freq_factor");
        double original = Required(config, settings, "original_max_position_embeddings");
        config.RequireTogether(high > low, FormattableString.Invariant($"'high_freq_factor' {high} is not above 'low_freq_factor' {low}"));
        for (int i = 0; i < frequencies.Length; i++)
        {
            double wavelength = 2 * Math.PI / frequencies[i];
            double smooth = Math.Clamp((original / wavelength - low) / (high - low), 0, 1);
            frequencies[i] = (1 - smooth) * frequencies[i] / factor + smooth * frequencies[i];
        }
    }

    private static void Scale(double[] frequencies, double factor)
    {
        for (int i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] *= factor;
        }
    }

    private static double Required(ConfigReader config, JsonObject settings, string field)
    {
        double? value = config.Number(settings, field);
        config.RequireNumber(value is > 0 || (value is null && settings[field] is not null), $"'rope_scaling' lacks a positive '{field}'");
        return value is > 0 ? value.Value : 1;
    }
}
