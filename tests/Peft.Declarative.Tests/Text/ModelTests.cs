namespace Peft.Declarative.Tests.Text;

public class ModelTests
{
    [Fact]
    public void Unigram_TakesTheBestSumAndJoinsUnknowns()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""
            {"model": {"type": "Unigram", "unk_id": 0, "vocab":
              [["<unk>", 0], ["a", 0], ["b", 0], ["c", 0], ["d", 0], ["cd", 1], ["ab", 2], ["abc", 5], ["abcd", 10]]}}
            """);

        Assert.Equal([8, 1, 5, 0], tokenizer.Encode("abcdacdxx"));
    }

    [Fact]
    public void Unigram_WithByteFallback_SpellsUnknowns()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""
            {"model": {"type": "Unigram", "unk_id": 0, "byte_fallback": true, "vocab":
              [["<unk>", 0], ["<0xC3>", -0.01], ["<0xA9>", -0.03], ["a", -1]]}}
            """);

        Assert.Equal([1, 2, 3, 0], tokenizer.Encode("éaß"));
    }

    [Fact]
    public void Unigram_WithoutUnknown_SaysWhatItCannotExpress()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""{"model": {"type": "Unigram", "unk_id": null, "vocab": [["a", 0]]}}""");

        var error = Assert.Throws<PeftException>(() => tokenizer.Encode("ax"));

        Assert.Contains("'x'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false", "cc", new[] { 0, 0 })]
    [InlineData("true", "cc", new[] { 0 })]
    [InlineData("false", "accb", new[] { 1, 0, 0, 2 })]
    [InlineData("true", "accb", new[] { 1, 0, 2 })]
    public void Bpe_WithUnknowns_FusesThemWhenAsked(string fuse, string text, int[] expected)
    {
        Tokenizer tokenizer = InlineTokenizer.Load($$$"""
            {"model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": {{{fuse}}}, "merges": [],
              "vocab": {"<unk>": 0, "a": 1, "b": 2} }}
            """);

        Assert.Equal(expected, tokenizer.Encode(text));
    }

    [Theory]
    [InlineData("c", new[] { 0 })]
    [InlineData("a", new[] { 1 })]
    public void Bpe_WithByteFallback_SpellsOnlyWhatItCanSpellWhole(string text, int[] expected)
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""
            {"model": {"type": "BPE", "unk_token": "<unk>", "byte_fallback": true, "vocab": {"<unk>": 0, "<0x61>": 1}, "merges": []}}
            """);

        Assert.Equal(expected, tokenizer.Encode(text));
    }

    [Theory]
    [InlineData("false", new[] { 5, 3 })]
    [InlineData("true", new[] { 6 })]
    public void Bpe_IgnoringMerges_TakesWholeWords(string ignore, int[] expected)
    {
        Tokenizer tokenizer = InlineTokenizer.Load($$$"""
            {"model": {"type": "BPE", "ignore_merges": {{{ignore}}}, "vocab": {"a": 1, "b": 2, "c": 3, "ab": 5, "abc": 6},
              "merges": [["a", "b"]]}}
            """);

        Assert.Equal(expected, tokenizer.Encode("abc"));
    }

    [Fact]
    public void Bpe_WithAffixes_MarksStartsAndEnds()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""
            {"model": {"type": "BPE", "continuing_subword_prefix": "##", "end_of_word_suffix": "</w>",
              "vocab": {"a": 0, "##b": 1, "##c</w>": 2, "ab": 3, "abc</w>": 4, "##d</w>": 5},
              "merges": ["a ##b", "ab ##c</w>"]}}
            """);

        Assert.Equal([4], tokenizer.Encode("abc"));
        Assert.Equal([3, 5], tokenizer.Encode("abd"));
    }

    [Fact]
    public void Bpe_OfAMegabyteWithoutSpaces_IsEncodedWhole()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""
            {"model": {"type": "BPE", "vocab": {"a": 0, "aa": 1, "aaaa": 2}, "merges": ["a a", "aa aa"]}}
            """);

        Assert.Equal(250_000, tokenizer.Encode(new string('a', 1_000_000)).Count);
    }

    [Theory]
    [InlineData(100)] // cut by the library
    [InlineData(100_000)] // cut by our own trie
    public void WordPiece_TakesTheLongestPieces(int longestWord)
    {
        Tokenizer tokenizer = InlineTokenizer.Load($$$"""
            {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"type": "WordPiece", "max_input_chars_per_word": {{{longestWord}}},
              "vocab": {"[UNK]": 7, "un": 1, "##aff": 20, "##able": 3, "##\n": 4, "##a": 5, "\uD83C\uDF88": 6} }}
            """);

        Assert.Equal([1, 20, 3, 7, 7, 6, 5], tokenizer.Encode("unaffable unafx x \U0001F388a"));
        Assert.Equal([longestWord == 100 ? 7 : 6], tokenizer.Encode("\U0001F388" + new string('a', 100)).Take(1));
    }

    [Fact]
    public void WordPiece_LongestWord_IsCountedInCharacters()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""
            {"model": {"type": "WordPiece", "max_input_chars_per_word": 2, "vocab": {"[UNK]": 0, "\uD83C\uDF88": 1, "##\uD83C\uDF88": 2}}}
            """);

        Assert.Equal([1, 2], tokenizer.Encode("\U0001F388\U0001F388"));
        Assert.Equal([0], tokenizer.Encode("\U0001F388\U0001F388\U0001F388"));
    }

    [Fact]
    public void WordLevel_LooksWordsUp()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""
            {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"type": "WordLevel", "vocab": {"a": 3, "<unk>": 9}, "unk_token": "<unk>"}}
            """);

        Assert.Equal([3, 9], tokenizer.Encode("a b"));
    }
}
