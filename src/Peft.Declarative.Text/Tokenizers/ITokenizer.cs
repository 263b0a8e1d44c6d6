namespace Peft.Declarative;

/// <summary>Converts text to token ids and back, exactly as the model's own tokenizer does.</summary>
public interface ITokenizer
{
    /// <summary>One more than the greatest id that this tokenizer can return.</summary>
    int VocabularySize { get; }

    /// <summary>Id of the token that ends a text; <see langword="null"/> (the default) if the tokenizer names none.</summary>
    int? EosId => null;

    /// <summary>Id of the token that fills up shorter rows; <see langword="null"/> (the default) if the tokenizer names none.</summary>
    int? PadId => null;

    /// <summary>Token ids of a text.</summary>
    /// <param name="text">Any text; special tokens written in it are recognised.</param>
    /// <param name="addSpecialTokens">Whether the tokens that the tokenizer puts around a text (such as <c>&lt;s&gt;</c>) are added.</param>
    IReadOnlyList<int> Encode(string text, bool addSpecialTokens = true);

    /// <summary>Text of token ids. Bytes that do not make a whole character appear as U+FFFD.</summary>
    /// <param name="ids">Ids below <see cref="VocabularySize"/>.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true);

    /// <summary>Id of a token by its exact content, such as <c>&lt;/s&gt;</c>; null if there is none.</summary>
    int? TokenId(string token);

    /// <summary>Whether decoding can leave the token out.</summary>
    /// <param name="id">An id below <see cref="VocabularySize"/>.</param>
    bool IsSpecial(int id) => Decode([id]).Length == 0 && Decode([id], skipSpecialTokens: false).Length > 0;
}

/// <summary>A tokenized text, or pair of texts, for models with segments.</summary>
/// <param name="Ids">Token ids, special tokens included.</param>
/// <param name="TypeIds">For each id 0 or 1: which text it counts for (BERT's segments). Same length as <paramref name="Ids"/>.</param>
public sealed record TokenizedText(IReadOnlyList<int> Ids, IReadOnlyList<int> TypeIds);
