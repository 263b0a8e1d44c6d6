using System.Globalization;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Plan;

/// <summary>
/// Resolves the size texts of slots against a config. Fields that real files leave out have the values that the families give them at run time.
/// </summary>
internal sealed class ConfigSizes(ConfigFile? config)
{
    private readonly List<string> missing = [];

    /// <summary>Fields that were asked for and are neither in the file nor derived.</summary>
    internal IReadOnlyList<string> Missing => missing;

    internal bool IsKnown => config is not null;

    /// <summary>Value of a product such as <c>3*n_embd</c>; 0 if a factor is not known, 1 for an empty text of a vector's second axis.</summary>
    internal long Product(string text)
    {
        if (text.Length == 0) return 0;

        long product = 1;
        foreach (string factor in text.Split('*'))
        {
            long? value = long.TryParse(factor, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : Number(factor.Trim());
            if (value is null) return 0;
            product *= value.Value;
        }

        return product;
    }

    internal bool Flag(string text) => text switch
    {
        "true" => true,
        "false" or "" => false,
        _ => Value(text) switch { { } value => value == "true", null => DefaultFlag(text) },
    };

    /// <summary>Whether a condition such as <c>!is_gated_act</c> holds; null without a config. No condition always holds.</summary>
    internal bool? Holds(string condition) => condition.Length == 0 ? true
        : config is null ? null
        : condition[0] == '!' ? !Flag(condition.Substring(1))
        : Flag(condition);

    internal int? Count(string field) => field.Length > 0 && Number(field) is { } count and > 0 and < 100_000 ? (int)count : null;

    private long? Number(string field)
    {
        if (config is null) return null;
        if (long.TryParse(Value(field), NumberStyles.None, CultureInfo.InvariantCulture, out long value)) return value;
        if (DefaultNumber(field) is { } number) return number;

        if (!missing.Contains(field)) missing.Add(field);
        return null;
    }

    private string? Value(string field) => config?[field] is { } value and not "null" ? value : null;

    private long? DefaultNumber(string field) => field switch
    {
        "head_dim" => Number("hidden_size") is { } hidden && Number("num_attention_heads") is { } heads and > 0 ? hidden / heads : null,
        "num_key_value_heads" => Number("num_attention_heads"),
        "n_inner" => 4 * Number("n_embd"),
        "relative_attention_num_buckets" => 32,
        "num_decoder_layers" => Number("num_layers"),

        // Classes are told by their names; there are two unless a file names them.
        "num_labels" => long.TryParse(Value("id2label" + ConfigFileReader.CountEnding), NumberStyles.None, CultureInfo.InvariantCulture, out long labels) ? labels : 2,
        _ when !IsGpt2 => null,
        "n_embd" => 768,
        "n_layer" => 12,
        "n_positions" => 1024,
        "vocab_size" => 50257,
        _ => null,
    };

    private bool DefaultFlag(string field) => field switch
    {
        // Not a field of real files: Qwen 2 always has these biases, the others when attention_bias says so.
        "qkv_bias" => Value("model_type") == "qwen2" || Value("attention_bias") == "true",
        "tie_word_embeddings" => IsGpt2 || Value("model_type") == "t5",
        "is_gated_act" => Value("feed_forward_proj")?.StartsWith("gated-", StringComparison.Ordinal) ?? false,
        _ => false,
    };

    private bool IsGpt2 => Value("model_type") == "gpt2";
}
