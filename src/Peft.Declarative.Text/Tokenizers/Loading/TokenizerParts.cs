using System.Text.Json;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;
using Peft.Declarative.Text.Tokenizers.AddedTokens;
using Peft.Declarative.Text.Tokenizers.Decoders;
using Peft.Declarative.Text.Tokenizers.Models;
using Peft.Declarative.Text.Tokenizers.Normalizers;
using Peft.Declarative.Text.Tokenizers.PostProcessors;
using Peft.Declarative.Text.Tokenizers.PreTokenizers;

namespace Peft.Declarative.Text.Tokenizers.Loading;

/// <summary>The parts that a <c>tokenizer.json</c> describes.</summary>
internal sealed record TokenizerParts(
    AddedVocabulary Added,
    INormalizer? Normalizer,
    IPreTokenizer? PreTokenizer,
    ITokenModel Model,
    IPostProcessor? PostProcessor,
    IDecoder? Decoder,
    Truncation? Truncation,
    Padding? Padding)
{
    /// <summary>Largest file that is read, in bytes. The largest vocabularies in use (256,000 tokens) take about 40 MB.</summary>
    internal const long MaxFileLength = 256L << 20;

    private const string FileName = "tokenizer.json";
    private const string KnownVersion = "1.0";

    internal static TokenizerParts Read(string path)
    {
        using JsonDocument document = JsonFile.Open(path, TokenizerParts.MaxFileLength, RuleIds.TokenizerUnusable);
        var root = new JsonSection(document.RootElement, FileName, "");
        if (!root.IsObject || root["model"].IsNull)
        {
            throw root.Error("has no 'model'. It is no Hugging Face tokenizer.");
        }

        if (root.TextOrNull("version") is { } version && version != KnownVersion)
        {
            throw root["version"].Error($"is '{version}'; only '{KnownVersion}' is known.");
        }

        INormalizer? normalizer = NormalizerReader.ReadOptional(root["normalizer"]);
        ITokenModel model = ModelReader.Read(root["model"]);
        return new TokenizerParts(
            AddedVocabulary.Read(root["added_tokens"], model.Vocabulary, normalizer),
            normalizer,
            PreTokenizerReader.ReadOptional(root["pre_tokenizer"]),
            model,
            PostProcessorReader.ReadOptional(root["post_processor"]),
            DecoderReader.ReadOptional(root["decoder"]),
            Truncation.ReadOptional(root["truncation"]),
            Padding.ReadOptional(root["padding"]));
    }
}

/// <summary>
/// For the families of Llama and Gemma, <c>add_bos_token</c> and <c>add_eos_token</c> in <c>tokenizer_config.json</c> decide which special
/// tokens surround a text, whatever <c>tokenizer.json</c> says: transformers rebuilds the post-processor of those classes from them.
/// </summary>
internal static class BosEosRule
{
    private static readonly HashSet<string> Classes = new(StringComparer.Ordinal)
    {
        "LlamaTokenizer", "LlamaTokenizerFast", "CodeLlamaTokenizer", "CodeLlamaTokenizerFast", "GemmaTokenizer", "GemmaTokenizerFast",
    };

    internal static TokenizerParts Apply(TokenizerParts parts, TokenizerSettings settings)
    {
        if (settings.Class is null || !Classes.Contains(settings.Class) || (settings.AddBos is null && settings.AddEos is null))
        {
            return parts;
        }

        TemplateItem[] bos = Token(parts, settings.Special.Bos, settings.AddBos ?? true);
        TemplateItem[] eos = Token(parts, settings.Special.Eos, settings.AddEos ?? false);
        TemplateItem[] first = [.. bos, TemplateItem.Sequence(0, 0), .. eos];
        IEnumerable<TemplateItem> second = [.. bos, TemplateItem.Sequence(1, 1), .. eos];
        return parts with { PostProcessor = new TemplateProcessing(first, [.. first, .. second.Select(item => item with { TypeId = 1 })]) };
    }

    private static TemplateItem[] Token(TokenizerParts parts, string? token, bool wanted)
    {
        if (!wanted)
        {
            return [];
        }

        int? id = token is null ? null : parts.Added.IdOf(token) ?? parts.Model.Vocabulary.IdOf(token);
        return [TemplateItem.Token(id ?? throw TokenizerProblem.In("tokenizer_config.json", "", "asks for a token before or after every text "
            + $"(add_bos_token, add_eos_token), but {(token is null ? "names none" : $"'{token}' is not in the vocabulary")}."))];
    }
}
