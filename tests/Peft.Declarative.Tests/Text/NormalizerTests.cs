using System.Buffers.Binary;
using System.Text;
using Peft.Declarative.Text.Tokenizers.Normalizers;

namespace Peft.Declarative.Tests.Text;

public class NormalizerTests
{
    [Theory]
    [InlineData("NFC", "e\u0301", "\u00E9")]
    [InlineData("NFD", "\u00E9", "e\u0301")]
    [InlineData("NFKC", "ﬁ①", "fi1")]
    [InlineData("NFKD", "é", "e\u0301")]
    [InlineData("Lowercase", "ÄİΣ\U00010400", "äi\u0307σ\U00010428")]
    [InlineData("StripAccents", "e\u0301\u0903", "e")]
    [InlineData("Nmt", "a\u200Bb\u0001\tc", "a b c")]
    [InlineData("ByteLevel", "é b", "Ã©Ġb")]
    public void Normalizer_ByName_DoesWhatItSays(string type, string text, string expected) =>
        InlineTokenizer.AssertNormal($$"""{"type": "{{type}}"}""", text, expected);

    [Theory]
    [InlineData("NFKC", "\u32FF①", "\u32FF1")]
    [InlineData("NFD", "\U00011938é", "\U00011938e\u0301")]
    [InlineData("StripAccents", "a\u0EBA\u1ACE\u1CF2\u0301", "a\u0EBA\u1ACE")]
    [InlineData("BertNormalizer", "A\u0EBA\u08D4\u0890\u1734\u0301", "a\u0EBA\u08D4\u0890")]
    [InlineData("Lowercase", "\u1C89\uA7CB\uA7DC\U00010D50\U00016EA0", "\u1C8A\u0264\u019B\U00010D70\U00016EBB")]
    public void Normalizer_OnRecentCharacters_KnowsTheReferencesUnicode(string type, string text, string expected) =>
        InlineTokenizer.AssertNormal($$"""{"type": "{{type}}"}""", text, expected);

    [Fact]
    public void UnicodeForm_OfANoncharacter_LeavesItWhereItIs() =>
        InlineTokenizer.AssertNormal("""{"type": "NFC"}""", "e\u0301\uFFFEe\u0301\uFFFF", "\u00E9\uFFFE\u00E9\uFFFF");

    [Theory]
    [InlineData("true", "true", "a b")]
    [InlineData("true", "false", "a b \u3000")]
    [InlineData("false", "true", " \ta b")]
    public void Strip_TakesTheSidesAsked(string left, string right, string expected) =>
        InlineTokenizer.AssertNormal($$"""{"type": "Strip", "strip_left": {{left}}, "strip_right": {{right}}}""", " \ta b \u3000", expected);

    [Theory]
    [InlineData("""{"String": "."}""", "a.b.", "a-b-")]
    [InlineData("""{"Regex": " {2,}"}""", "a  b c", "a-b c")]
    [InlineData("""{"String": ""}""", "ab", "-a-b-")]
    public void Replace_PutsItsContentInPlaceOfMatches(string pattern, string text, string expected) =>
        InlineTokenizer.AssertNormal($$"""{"type": "Replace", "pattern": {{pattern}}, "content": "-"}""", text, expected);

    [Fact]
    public void Prepend_LeavesEmptyTextAlone()
    {
        InlineTokenizer.AssertNormal("""{"type": "Prepend", "prepend": "▁"}""", "Hello", "▁Hello");
        InlineTokenizer.AssertNormal("""{"type": "Prepend", "prepend": "▁"}""", "", "");
    }

    [Theory]
    [InlineData("""{"type": "BertNormalizer"}""", "Héllo\u0000\tÅ漢\u200D", "hello a 漢 ")]
    [InlineData("""{"type": "BertNormalizer", "lowercase": false, "strip_accents": null}""", "Hé", "Hé")]
    [InlineData("""{"type": "BertNormalizer", "lowercase": true, "strip_accents": false}""", "HÉ", "hé")]
    [InlineData("""{"type": "BertNormalizer", "handle_chinese_chars": false, "clean_text": false}""", "漢\t", "漢\t")]
    public void Bert_FollowsItsFlags(string normalizer, string text, string expected) => InlineTokenizer.AssertNormal(normalizer, text, expected);

    [Fact]
    public void Sequence_AppliesOneAfterTheOther() => InlineTokenizer.AssertNormal(
        """{"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}""", "Éa", "ea");

    [Fact]
    public void Precompiled_ReplacesClustersAndCharacters()
    {
        // Entries: 'A' to 'b' and U+2460 to '1'.
        string map = Convert.ToBase64String(CharsMapWriter.Write([("A", "b"), ("\u2460", "1")]));

        InlineTokenizer.AssertNormal($$"""{"type": "Precompiled", "precompiled_charsmap": "{{map}}"}""", "xA\u2460y", "xb1y");

        // A short cluster that begins with an entry goes as a whole: the accent is lost, as in the reference.
        InlineTokenizer.AssertNormal($$"""{"type": "Precompiled", "precompiled_charsmap": "{{map}}"}""", "A\u0301", "b");
    }

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 255, 255, 255, 127, 0 })]
    public void CharsMap_OfWrongLengths_IsRefused(byte[] data) => Assert.Throws<FormatException>(() => new CharsMap(data));

    [Fact]
    public void CharsMap_OfRandomBytes_NeverReadsOutside()
    {
        var random = new Random(3);
        for (int round = 0; round < 2_000; round++)
        {
            var data = new byte[4 + 4 * random.Next(1, 40) + random.Next(20)];
            random.NextBytes(data);
            BinaryPrimitives.WriteUInt32LittleEndian(data, (uint)(4 * random.Next((data.Length - 4) / 4 + 1)));
            var map = new CharsMap(data);
            for (char c = ' '; c < 200; c++)
            {
                string? found = map.Find([c, 'x', 'é']);
                Assert.True(found is null || Encoding.UTF8.GetByteCount(found) <= 3 * data.Length);
            }
        }
    }
}
