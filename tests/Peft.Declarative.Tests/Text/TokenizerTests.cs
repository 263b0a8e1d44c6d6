namespace Peft.Declarative.Tests.Text;

public class TokenizerTests
{
    private const string Bert = """
        {"pre_tokenizer": {"type": "WhitespaceSplit"}, EXTRA
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
         "model": {"type": "WordLevel", "vocab": {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "b": 4, "c": 5, "d": 6}, "unk_token": "[PAD]"}}
        """;

    [Fact]
    public void EncodePair_WithBertsProcessor_NumbersTheTexts()
    {
        TokenizedText pair = Load("").EncodePair("a b", "c");

        Assert.Equal([1, 3, 4, 2, 5, 2], pair.Ids);
        Assert.Equal([0, 0, 0, 0, 1, 1], pair.TypeIds);
    }

    [Fact]
    public void EncodePair_WithRobertasProcessor_PutsTwoSeparators()
    {
        Tokenizer tokenizer = InlineTokenizer.Load(Bert.Replace("EXTRA", "").Replace("BertProcessing", "RobertaProcessing"));

        Assert.Equal([1, 3, 2, 2, 4, 2], tokenizer.EncodePair("a", "b").Ids);
    }

    [Fact]
    public void EncodePair_WithoutProcessor_JoinsTheTexts()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""{"model": {"type": "WordLevel", "vocab": {"a": 3, "b": 4}, "unk_token": "a"}}""");

        Assert.Equal([3, 4], tokenizer.EncodePair("a", "b").Ids);
        Assert.Equal([0, 1], tokenizer.EncodePair("a", "b").TypeIds);
    }

    [Theory]
    [InlineData("LongestFirst", "Right", "a b c d", new[] { 1, 3, 4, 5, 2 })]
    [InlineData("LongestFirst", "Left", "a b c d", new[] { 1, 4, 5, 6, 2 })]
    [InlineData("OnlyFirst", "Right", "a b c d", new[] { 1, 3, 4, 5, 2 })]
    [InlineData("OnlyFirst", "Right", "a b", new[] { 1, 3, 4, 2 })]
    public void Encode_WithTruncation_LeavesRoomForSpecialTokens(string strategy, string direction, string text, int[] expected)
    {
        Tokenizer tokenizer = Load($$"""
            "truncation": {"direction": "{{direction}}", "max_length": 5, "strategy": "{{strategy}}", "stride": 0},
            """);

        Assert.Equal(expected, tokenizer.Encode(text));
    }

    [Theory]
    [InlineData("a a a a a", "b b", new[] { 1, 3, 3, 2, 4, 4, 2 })]
    [InlineData("a", "b b b b b", new[] { 1, 3, 2, 4, 4, 4, 2 })]
    [InlineData("a a a a", "b b b b", new[] { 1, 3, 3, 2, 4, 4, 2 })]
    public void EncodePair_WithTruncation_ShortensTheLongerFirst(string first, string second, int[] expected) => Assert.Equal(
        expected,
        Load("\"truncation\": {\"direction\": \"Right\", \"max_length\": 7, \"strategy\": \"LongestFirst\", \"stride\": 0},").EncodePair(first, second).Ids);

    [Theory]
    [InlineData("LongestFirst", 3, "a a a a a a", "b b b b", new[] { 3, 4, 4 })]
    [InlineData("OnlyFirst", 3, "", "b b b b", new[] { 4, 4, 4 })]
    public void EncodePair_WithTextsLongerThanAllowed_CutsEachBeforeTheyAreWeighed(string strategy, int longest, string first, string second, int[] expected)
    {
        Tokenizer tokenizer = Load($$"""
            "truncation": {"direction": "Right", "max_length": {{longest}}, "strategy": "{{strategy}}", "stride": 0},
            """);

        Assert.Equal(expected, tokenizer.EncodePair(first, second, addSpecialTokens: false).Ids);
    }

    [Theory]
    [InlineData("Right", 1, "ab cd", new[] { 1, 3, 4, 2 })]
    [InlineData("Left", 1, "ab cd", new[] { 1, 5, 6, 2 })]
    [InlineData("Right", 0, "a#b", new[] { 1, 3, 2 })]
    [InlineData("Right", 1, "##ab cd", new[] { 1, 7, 7, 3, 4, 2 })]
    public void Encode_WithLessRoomThanSpecialTokensTake_KeepsTheWordsThatReachTheLimit(string direction, int longest, string text, int[] expected)
    {
        Tokenizer tokenizer = InlineTokenizer.Load($$"""
            {"truncation": {"direction": "{{direction}}", "max_length": {{longest}}, "strategy": "LongestFirst", "stride": 0},
             "added_tokens": [{"id": 7, "content": "#", "special": true}], "pre_tokenizer": {"type": "WhitespaceSplit"},
             "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
             "model": {"type": "BPE", "vocab": {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "b": 4, "c": 5, "d": 6}, "merges": []} }
            """);

        Assert.Equal(expected, tokenizer.Encode(text));
    }

    [Fact]
    public void Encode_TooLong_WhenOnlyASecondTextMayBeShortened_IsAnError() => Assert.Throws<PeftException>(
        () => { Load("\"truncation\": {\"max_length\": 4, \"strategy\": \"OnlySecond\"},").Encode("a b c d"); });

    [Theory]
    [InlineData("""{"type": "BertProcessing", "sep": ["", 2], "cls": ["", 1]}""", new[] { 5, 1, 3, 2, 6 })]
    [InlineData("""
        {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "c", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
         "pair": [], "special_tokens": {"c": {"id": "c", "ids": [1], "tokens": ["c"]}}}
        """, new[] { 5, 1, 6, 6, 3, 6 })]
    public void Encode_WithRobertasProcessorAfterAnother_SurroundsItsParts(string first, int[] expected)
    {
        Tokenizer tokenizer = InlineTokenizer.Load($$"""
            {"post_processor": {"type": "Sequence", "processors": [{{first}}, {"type": "RobertaProcessing", "sep": ["", 6], "cls": ["", 5]}]},
             "model": {"type": "WordLevel", "vocab": {"a": 3}, "unk_token": "a"} }
            """);

        Assert.Equal(expected, tokenizer.Encode("a"));
    }

    [Theory]
    [InlineData("Right", """{"Fixed": 5}""", "null", new[] { 1, 3, 2, 0, 0 })]
    [InlineData("Left", """{"Fixed": 5}""", "null", new[] { 0, 0, 1, 3, 2 })]
    [InlineData("Right", """{"Fixed": 2}""", "2", new[] { 1, 3, 2 })]
    [InlineData("Left", """{"Fixed": 2}""", "4", new[] { 0, 1, 3, 2 })]
    [InlineData("Right", "\"BatchLongest\"", "4", new[] { 1, 3, 2, 0 })]
    [InlineData("Right", "\"BatchLongest\"", "null", new[] { 1, 3, 2 })]
    public void Encode_WithPadding_FillsUp(string direction, string strategy, string multiple, int[] expected)
    {
        Tokenizer tokenizer = Load($$"""
            "padding": {"strategy": {{strategy}}, "direction": "{{direction}}", "pad_to_multiple_of": {{multiple}}, "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
            """);

        Assert.Equal(expected, tokenizer.Encode("a"));
    }

    [Fact]
    public void Encode_OfLoneSurrogates_IsThatOfReplacementCharacters()
    {
        Tokenizer tokenizer = Stories();

        Assert.Equal(tokenizer.Encode("a\uFFFDb\uFFFD"), tokenizer.Encode("a\uD83Cb\uDF88"));
    }

    [Fact]
    public void Encode_FromSeveralThreads_GivesTheSame()
    {
        Tokenizer tokenizer = Stories();
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => $"Once upon a time {i % 20} there was a girl named Lily{i}")];
        Tokenizer other = Stories();
        IReadOnlyList<int>[] alone = [.. texts.Select(text => other.Encode(text))];

        IReadOnlyList<int>[] together = [.. texts.AsParallel().AsOrdered().Select(text => tokenizer.Encode(text))];

        Assert.Equal(alone, together);
    }

    internal static Tokenizer Stories() =>
        Tokenizer.Load(Path.Combine(TestData.RepositoryRoot, "tests", "Peft.Declarative.Tests", "Data", "tokenizers", "stories"));

    private static Tokenizer Load(string extra) => InlineTokenizer.Load(Bert.Replace("EXTRA", extra));
}
