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
