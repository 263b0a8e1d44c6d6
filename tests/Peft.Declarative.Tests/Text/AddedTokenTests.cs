namespace Peft.Declarative.Tests.Text;

public class AddedTokenTests
{
    [Theory]
    [InlineData("", "a<m>b <m> c", "a|<m>|b |<m>| c")]
    [InlineData("\"lstrip\": true,", "a  <m> c", "a|<m>| c")]
    [InlineData("\"rstrip\": true,", "a <m>  c", "a |<m>|c")]
    [InlineData("\"single_word\": true,", "a<m>b <m> c", "a<m>b |<m>| c")]
    public void AddedToken_ByItsFlags_TakesItsSurroundings(string flags, string text, string expected)
    {
        string[] pieces = expected.Split('|');

        string[] words = InlineTokenizer.Words(
            "null",
            text,
            addedTokens: $$"""[{"id": 99, "content": "<m>", {{flags}} "special": true}]""",
            candidates: [.. pieces.Where(piece => piece != "<m>")]);

        Assert.Equal(pieces, words);
    }

    [Fact]
    public void AddedTokens_ThatOverlap_TheLongestCounts() => Assert.Equal(
        ["<a>", "<ab>", "<a>"],
        InlineTokenizer.Words("null", "<a><ab><a>", addedTokens: """[{"id": 1, "content": "<a>"}, {"id": 2, "content": "<ab>"}, {"id": 3, "content": "<"}]"""));

    [Fact]
    public void AddedToken_Normalized_IsFoundByItsNormalForm()
    {
        string[] words = InlineTokenizer.Words("null", "xABCx", """{"type": "Lowercase"}""",
            """[{"id": 1, "content": "aBc", "normalized": true}, {"id": 2, "content": "Zz", "normalized": false}]""", "x");

        Assert.Equal(["x", "abc", "x"], words);
    }

    [Fact]
    public void AddedToken_NotNormalized_IsFoundAsItStands() => Assert.Equal(
        ["Zz", "zz"],
        InlineTokenizer.Words("null", "Zzzz", """{"type": "Lowercase"}""", """[{"id": 2, "content": "Zz", "normalized": false}]""", "zz"));

    [Fact]
    public void AddedToken_ThatTakesTheNextAsWhiteSpace_LeavesNothingOfIt() => Assert.Equal(
        ["a", " "],
        InlineTokenizer.Words("null", "a   ", addedTokens: """[{"id": 1, "content": " ", "lstrip": true, "rstrip": true}]""", candidates: "a"));

    [Fact]
    public void AddedToken_Normalized_DecodesToItsNormalForm()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""
            {"added_tokens": [{"id": 1, "content": "[X]", "special": true, "normalized": true}, {"id": 2, "content": "[Y]", "special": true}],
             "normalizer": {"type": "Lowercase"}, "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}}
            """);

        Assert.Equal([1, 2], tokenizer.Encode("[X][Y]"));
        Assert.Equal("[x] [Y]", tokenizer.Decode([1, 2], skipSpecialTokens: false));
        Assert.Equal("[x]", tokenizer.Decode([1, 2])); // in this form it is no special token, as in the reference
        Assert.Equal(1, tokenizer.TokenId("[X]"));
    }

    [Fact]
    public void AddedTokens_SpecialOnes_CanBeLeftOutOfDecoding()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""
            {"added_tokens": [{"id": 1, "content": "<s>", "special": true}, {"id": 2, "content": "<think>", "special": false}],
             "decoder": {"type": "Fuse"}, "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}}
            """);

        Assert.Equal("<think>a", tokenizer.Decode([1, 2, 0]));
        Assert.Equal("<s><think>a", tokenizer.Decode([1, 2, 0], skipSpecialTokens: false));
        Assert.Equal(3, tokenizer.VocabularySize);
        Assert.Equal("a", tokenizer.Decode([0, 77, -1]));
    }
}
