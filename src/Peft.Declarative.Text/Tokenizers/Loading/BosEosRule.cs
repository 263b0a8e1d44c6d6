using Peft.Declarative.Text.Tokenizers.PostProcessors;

namespace Peft.Declarative.Text.Tokenizers.Loading;

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
        return parts with { PostProcessor = new Template(first, [.. first, .. second.Select(item => item with { TypeId = 1 })]) };
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
