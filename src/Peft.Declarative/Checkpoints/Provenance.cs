using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

/// <summary>
/// On what an adapter was saved, as hashes: kept in the header of its tensors' file beside <c>format: pt</c>, where other libraries pass it over.
/// Null for what there was none of: a model with drawn weights has no files to hash, a directory may have no tokenizer.
/// </summary>
public sealed record Provenance
{
    private const string BaseKey = "provenance.base";
    private const string TokenizerKey = "provenance.tokenizer";
    private const string ChatTemplateKey = "provenance.chat_template";

    /// <summary>
    /// The base's weights: SHA-256 over all tensors' names, types, shapes and bytes in the files, large ones sampled. How they are spread over files
    /// does not matter, nor what they are converted or quantised to while loading.
    /// </summary>
    public string? Base { get; init; }

    /// <summary>The tokenizer: SHA-256 of <c>tokenizer.json</c>.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>The chat templates: SHA-256 over their names and texts; <c>none</c> if there is a tokenizer without any.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>What the header of a file holds of it.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Metadata =>
        from entry in (IEnumerable<(string Key, string? Value)>)[(BaseKey, Base), (TokenizerKey, Tokenizer), (ChatTemplateKey, ChatTemplate)]
        where entry.Value is not null
        select KeyValuePair.Create(entry.Key, entry.Value);

    /// <summary>Whether two hashes are of one thing; null if that cannot be told, because one is missing or made by another rule.</summary>
    /// <param name="one">A hash as it stands in this record.</param>
    /// <param name="other">Another one.</param>
    public static bool? Same(string? one, string? other) => one is null || other is null ? null
        : one == other ? true
        : one == ProvenanceFiles.None || other == ProvenanceFiles.None || Rule(one) == Rule(other) ? false
        : null;

    /// <summary>The first digits of a hash, for people.</summary>
    /// <param name="hash">A hash as it stands in this record.</param>
    public static string Short(string hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        const int Digits = 12;
        string digits = hash[(hash.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return UntrustedText.Shown(digits.Length > Digits ? digits[..Digits] : digits);
    }

    /// <summary>What a file says of itself; null if it says nothing, as those of other libraries do.</summary>
    internal static Provenance? Read(IReadOnlyDictionary<string, string> metadata)
    {
        var read = new Provenance
        {
            Base = metadata.GetValueOrDefault(BaseKey),
            Tokenizer = metadata.GetValueOrDefault(TokenizerKey),
            ChatTemplate = metadata.GetValueOrDefault(ChatTemplateKey),
        };
        return read == new Provenance() ? null : read;
    }

    private static string Rule(string hash) => hash[..Math.Max(0, hash.IndexOf(':', StringComparison.Ordinal))];
}
