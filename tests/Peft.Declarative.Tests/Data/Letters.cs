namespace Peft.Declarative.Tests.Data;

/// <summary>A tokenizer of one token per character, with 0 before a text.</summary>
internal sealed class Letters : ITokenizer
{
    public int VocabularySize => char.MaxValue + 1;

    public IReadOnlyList<int> Encode(string text, bool addSpecialTokens = true) =>
        [.. addSpecialTokens ? [0] : Array.Empty<int>(), .. text.Select(letter => (int)letter)];

    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true) => string.Concat(ids.Select(id => (char)id));

    public int? TokenId(string token) => null;
}
