namespace Peft.Declarative.Tests.Text;

public class PreTokenizerTests
{
    private const string Metaspace = """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{0}", "split": {1}}""";

    [Theory]
    [InlineData("Removed", "the|final|countdown")]
    [InlineData("Isolated", "the|-|final|-|-|countdown")]
    [InlineData("MergedWithPrevious", "the-|final-|-|countdown")]
    [InlineData("MergedWithNext", "the|-final|-|-countdown")]
    [InlineData("Contiguous", "the|-|final|--|countdown")]
    public void Split_ByBehavior_CutsAtTheMatches(string behavior, string expected) => InlineTokenizer.AssertWords(
        $$$"""{"type": "Split", "pattern": {"String": "-"}, "behavior": "{{{behavior}}}", "invert": false}""",
        "the-final--countdown",
        expected.Split('|'));

    [Fact]
    public void Split_Inverted_KeepsTheMatches() => InlineTokenizer.AssertWords(
        """{"type": "Split", "pattern": {"Regex": "\\p{L}+"}, "behavior": "Removed", "invert": true}""", "a1bc!d", "a", "bc", "d");

    [Fact]
    public void Digits_Together_AreOnePiece() =>
        InlineTokenizer.AssertWords("""{"type": "Digits", "individual_digits": false}""", "Hey 123 ½b", "Hey ", "123", " ", "½", "b");

    [Fact]
    public void Digits_Individually_ArePiecesEach() =>
        InlineTokenizer.AssertWords("""{"type": "Digits", "individual_digits": true}""", "a12\U0001D7CE", "a", "1", "2", "\U0001D7CE");

    [Fact]
    public void Punctuation_ByDefault_IsIsolated() => InlineTokenizer.AssertWords("""{"type": "Punctuation"}""", "Hey?!$a", "Hey", "?", "!", "$", "a");

    [Fact]
    public void Digits_OfUnicode17_AreDigits() =>
        InlineTokenizer.AssertWords("""{"type": "Digits", "individual_digits": true}""", "a\U00011DE0\U00016FF4", "a", "\U00011DE0", "\U00016FF4");

    [Fact]
    public void Punctuation_AfterUnicode8_IsNone() =>
        InlineTokenizer.AssertWords("""{"type": "Punctuation"}""", "a\u2E43b\u166Dc", "a\u2E43b", "\u166D", "c");

    [Fact]
    public void Whitespace_SeparatesWordsFromSigns() =>
        InlineTokenizer.AssertWords("""{"type": "Whitespace"}""", "How are_you, né?!\u3000漢", "How", "are_you", ",", "né", "?!", "漢");

    [Fact]
    public void WhitespaceSplit_CutsAtAnySpace() =>
        InlineTokenizer.AssertWords("""{"type": "WhitespaceSplit"}""", " Hey,\u00A0man! ", "Hey,", "man!");

    [Fact]
    public void Bert_IsolatesPunctuation() =>
        InlineTokenizer.AssertWords("""{"type": "BertPreTokenizer"}""", "Hey friend!  How?", "Hey", "friend", "!", "How", "?");

    [Fact]
    public void CharDelimiterSplit_RemovesTheDelimiter() =>
        InlineTokenizer.AssertWords("""{"type": "CharDelimiterSplit", "delimiter": ";"}""", "a;b;;c", "a", "b", "c");

    [Fact]
    public void FixedLength_CountsCodePoints() =>
        InlineTokenizer.AssertWords("""{"type": "FixedLength", "length": 2}""", "ab\U0001F388cd", "ab", "\U0001F388c", "d");

    [Theory]
    [InlineData("always", "true", "Hey   friend!", "▁Hey|▁|▁|▁friend!")]
    [InlineData("always", "false", "Hey friend!", "▁Hey▁friend!")]
    [InlineData("never", "true", "Hey friend!", "Hey|▁friend!")]
    [InlineData("first", "true", " Hey", "▁Hey")]
    public void Metaspace_MarksSpaces(string scheme, string split, string text, string expected) => InlineTokenizer.AssertWords(
        Metaspace.Replace("{0}", scheme, StringComparison.Ordinal).Replace("{1}", split, StringComparison.Ordinal), text, expected.Split('|'));

    [Fact]
    public void Metaspace_First_MarksOnlyTheStartOfTheText()
    {
        string[] words = InlineTokenizer.Words(
            """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}""",
            "Hey my friend <s>how▁are you",
            addedTokens: """[{"id": 1, "content": "<s>", "special": true}]""",
            candidates: ["▁Hey▁my▁friend▁", "how▁are▁you", "▁how▁are▁you"]);

        Assert.Equal(["▁Hey▁my▁friend▁", "<s>", "how▁are▁you"], words);
    }

    [Theory]
    [InlineData("""{"type": "Strip", "strip_left": true, "strip_right": false}""", " Hey", "Hey")]
    [InlineData("""{"type": "Strip", "strip_left": true, "strip_right": false}""", "Hey", "▁Hey")]
    [InlineData("""{"type": "Strip", "strip_left": false, "strip_right": true}""", "Hey ", "▁Hey")]
    [InlineData("""{"type": "BertNormalizer", "lowercase": false}""", "\u200DHey", "Hey")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "x"}, "content": ""}""", "xHey", "Hey")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "x"}, "content": "▁"}""", "xHey", "▁Hey")]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": " "}, {"type": "Strip"}]}""", "Hey", "▁Hey")]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "NFKD"}, {"type": "StripAccents"}]}""", "\u0E33", "▁\u0E32")]
    public void Metaspace_First_AfterANormalizer_MarksWhatBeganTheText(string normalizer, string text, string expected) => Assert.Equal(
        [expected],
        InlineTokenizer.Words(
            """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true}""", text, normalizer, candidates: ["Hey", "▁Hey", expected]));

    [Fact]
    public void Metaspace_First_AfterACompiledMap_MarksWhatTookThePlaceOfTheStart()
    {
        string map = Convert.ToBase64String(CharsMapWriter.Write([("x", "")]));

        Assert.Equal(
            ["▁Hey"],
            InlineTokenizer.Words(
                """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true}""",
                "xHey",
                $$"""{"type": "Precompiled", "precompiled_charsmap": "{{map}}"}""",
                candidates: ["Hey", "▁Hey"]));
    }

    [Fact]
    public void Metaspace_First_MarksEveryPieceOfTheFirstCharacter() => Assert.Equal(
        ["▁<", "▁3", "x"],
        InlineTokenizer.Words(
            """
            {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
             {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true}]}
            """,
            "❤x",
            """{"type": "Replace", "pattern": {"String": "❤"}, "content": "<3"}""",
            candidates: ["▁<", "▁3", "x"]));

    [Fact]
    public void ByteLevel_WritesBytes() => InlineTokenizer.AssertWords(
        """{"type": "ByteLevel", "add_prefix_space": true, "use_regex": true}""", "Hello you're  né", "ĠHello", "Ġyou", "'re", "Ġ", "ĠnÃ©");

    [Fact]
    public void ByteLevel_WithoutRegex_DoesNotCut() => InlineTokenizer.AssertWords(
        """{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}""", "a b\n", "aĠbĊ");

    [Fact]
    public void Sequence_AppliesEachToThePiecesBefore() => InlineTokenizer.AssertWords(
        """{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Digits", "individual_digits": true}]}""",
        "ab 12", "ab", "1", "2");
}
