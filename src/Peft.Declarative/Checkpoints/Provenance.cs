using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

/// <summary>
/// Hashes of the base model, tokenizer and chat template that an adapter was saved with. They are stored in the header of the adapter's
/// tensors, beside <c>format: pt</c>, where other libraries ignore them. A value is <see langword="null"/> if its source does not exist: a model
/// with randomly initialized weights has no files to hash, and a directory can lack a tokenizer.
/// </summary>
public sealed record Provenance
{
    private const string BaseKey = "provenance.base";
    private const string TokenizerKey = "provenance.tokenizer";
    private const string ChatTemplateKey = "provenance.chat_template";

    /// <summary>
    /// The hash of the base weights: SHA-256 over the names, types, shapes and bytes of all tensors in the files. Large tensors are sampled. The hash
    /// depends neither on the number of shards nor on a conversion or quantization while loading.
    /// </summary>
    public string? Base { get; init; }

    /// <summary>The hash of the tokenizer: SHA-256 of <c>tokenizer.json</c>.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>The hash of the chat templates: SHA-256 over their names and texts; <c>none</c> if the tokenizer has no chat template.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The form of the rows that the adapter was trained on; <see langword="null"/> for the provenance of a model, and if it is not known.</summary>
    public DataForm? Data { get; init; }

    /// <summary>The entries for the header of a safetensors file.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Metadata => Hashes.Concat(Data?.Metadata ?? []);

    private IEnumerable<KeyValuePair<string, string>> Hashes =>
        from entry in (IEnumerable<(string Key, string? Value)>)[(BaseKey, Base), (TokenizerKey, Tokenizer), (ChatTemplateKey, ChatTemplate)]
        where entry.Value is not null
        select KeyValuePair.Create(entry.Key, entry.Value);

    /// <summary>Determines whether two hashes have the same source.</summary>
    /// <param name="one">A value of a property of this record.</param>
    /// <param name="other">A value of the same property of another record.</param>
    /// <returns><see langword="null"/> if one of the hashes is missing or they were computed by different rules.</returns>
    public static bool? Same(string? one, string? other) => one is null || other is null ? null
        : one == other ? true
        : one == ProvenanceFiles.None || other == ProvenanceFiles.None || Rule(one) == Rule(other) ? false
        : null;

    /// <summary>The first 12 digits of a hash, for display.</summary>
    /// <param name="hash">A value of a property of this record.</param>
    public static string Short(string hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        const int Digits = 12;
        string digits = hash[(hash.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return UntrustedText.Shown(digits.Length > Digits ? digits[..Digits] : digits);
    }

    /// <summary>Reads the provenance from the header of a file; <see langword="null"/> if the header contains none, as in files of other libraries.</summary>
    internal static Provenance? Read(IReadOnlyDictionary<string, string> metadata)
    {
        var read = new Provenance
        {
            Base = metadata.GetValueOrDefault(BaseKey),
            Tokenizer = metadata.GetValueOrDefault(TokenizerKey),
            ChatTemplate = metadata.GetValueOrDefault(ChatTemplateKey),
            Data = DataForm.Read(metadata),
        };
        return read == new Provenance() ? null : read;
    }

    private static string Rule(string hash) => hash[..Math.Max(0, hash.IndexOf(':', StringComparison.Ordinal))];
}
