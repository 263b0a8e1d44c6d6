using System.Security.Cryptography;
using System.Text;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Checkpoints;

/// <summary>Hashes of the tokenizer and the chat templates in a model directory.</summary>
internal static class ProvenanceFiles
{
    /// <summary>The value for a tokenizer without a chat template.</summary>
    internal const string None = "none";

    private const string TokenizerName = "tokenizer.json";

    internal static string? Tokenizer(string directory)
    {
        string path = Path.Combine(directory, TokenizerName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using FileStream stream = RegularFile.OpenAsIs(path);
            return Text(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;   // loading the tokenizer reports the reason; saving a trained adapter must not fail because of it
        }
    }

    internal static string? ChatTemplate(string directory)
    {
        if (!File.Exists(Path.Combine(directory, TokenizerName)))
        {
            return null;
        }

        try
        {
            IReadOnlyDictionary<string, string> templates = TokenizerSettings.Read(directory).Templates;
            return templates.Count == 0 ? None : Hash(templates);
        }
        catch (PeftException)
        {
            return null;   // as above
        }
    }

    private static string Hash(IReadOnlyDictionary<string, string> templates)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, string source) in templates.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{source}\0"));
        }

        return Text(hash.GetHashAndReset());
    }

    private static string Text(byte[] hash) => $"sha256:{Convert.ToHexStringLower(hash)}";
}
