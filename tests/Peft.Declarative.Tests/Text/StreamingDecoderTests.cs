using System.Text;

namespace Peft.Declarative.Tests.Text;

public class StreamingDecoderTests
{
    public static TheoryData<string> Tokenizers => TokenizerParityTests.Tokenizers;

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Add_TokenByToken_ShowsTheWholeTextAndNoBrokenCharacter(string name)
    {
        Tokenizer tokenizer = Tokenizer.Load(Path.Combine(TestData.Folder("PEFT_TOKENIZERS", "tokenizers")!, name));
        string[] texts = ["Once upon a time, there was a girl.", " 日本語のテキスト 🎉👩‍👩‍👧‍👦🇺🇸 é Zürich", "x=1;\n\n\ty==2  ", "مرحبا हिन्दी"];
        foreach (string text in texts)
        {
            IReadOnlyList<int> ids = tokenizer.Encode(text);

            (List<string> shown, string rest) = Stream(tokenizer, ids);

            string whole = tokenizer.Decode(ids);
            Assert.Equal(whole, string.Concat(shown) + rest);
            Assert.True(whole.Contains('\uFFFD') || !shown.Exists(piece => piece.Contains('\uFFFD')));   // a vocabulary may lack bytes of the text
        }
    }

    [Fact]
    public void Complete_InTheMiddleOfACharacter_ShowsNothingOfIt()
    {
        Tokenizer tokenizer = TokenizerTests.Stories();
        IReadOnlyList<int> ids = tokenizer.Encode("a🎈", addSpecialTokens: false);

        (List<string> shown, string rest) = Stream(tokenizer, ids.SkipLast(1));

        Assert.Equal("a", string.Concat(shown) + rest);
    }

    [Fact]
    public void Add_OfBytesThatNeverFit_DoesNotWaitForever()
    {
        Tokenizer tokenizer = TokenizerTests.Stories();
        int broken = tokenizer.TokenId("<0xFF>")!.Value;
        StreamingDecoder decoder = tokenizer.StartDecoding();
        var shown = new StringBuilder();
        for (int i = 0; i < 1_000; i++)
        {
            shown.Append(decoder.Add(broken));
        }

        Assert.InRange(shown.Length, 900, 1_000);
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Add_OfAnyIds_GivesTheTextOfDecodingThemAtOnce(string name)
    {
        Tokenizer tokenizer = Tokenizer.Load(Path.Combine(TestData.Folder("PEFT_TOKENIZERS", "tokenizers")!, name));
        var random = new Random(7);
        int[] bytes = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => tokenizer.ByteOf(id) is not null)];
        for (int round = 0; round < 200; round++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => bytes.Length > 0 && random.Next(3) > 0 ? bytes[random.Next(bytes.Length)] : random.Next(tokenizer.VocabularySize))];

            (List<string> shown, string rest) = Stream(tokenizer, ids);

            string streamed = string.Concat(shown) + rest;
            Assert.Equal(StreamingDecoder.DecodeCut(tokenizer, ids), streamed);
            Assert.True(tokenizer.Decode(ids).Length - streamed.Length <= 1 || tokenizer.ByteOf(ids[^1]) is not null);   // which a cut character may be
        }
    }

    [Theory]
    [InlineData("C3 A9 FF 41 a C3 A9", "\uFFFD\uFFFD\uFFFD\uFFFDaé")]
    [InlineData("C3 A9 C3", "é")]
    [InlineData("C3 A9 C3 a", "\uFFFD\uFFFD\uFFFDa")]
    [InlineData("FF FF", "\uFFFD\uFFFD")]
    public void Add_OfBytesThatAreNoCharacters_ShowsWhatTheReferenceShows(string spelled, string expected)
    {
        Tokenizer tokenizer = TokenizerTests.Stories();
        int[] ids = [.. spelled.Split(' ').Select(part => tokenizer.TokenId(part == "a" ? "a" : $"<0x{part}>")!.Value)];

        (List<string> shown, string rest) = Stream(tokenizer, ids);

        Assert.Equal(expected, string.Concat(shown) + rest);
        Assert.Equal(expected, StreamingDecoder.DecodeCut(tokenizer, ids));
    }

    [Fact]
    public void Add_OfSpecialTokens_CanShowThem()
    {
        Tokenizer tokenizer = TokenizerTests.Stories();
        int end = tokenizer.TokenId("</s>")!.Value;

        Assert.Equal("", tokenizer.StartDecoding().Add(end));
        Assert.Equal("</s>", tokenizer.StartDecoding(skipSpecialTokens: false).Add(end));
    }

    private static (List<string> Shown, string Last) Stream(Tokenizer tokenizer, IEnumerable<int> ids)
    {
        StreamingDecoder decoder = tokenizer.StartDecoding();
        return ([.. ids.Select(decoder.Add)], decoder.Complete());
    }
}
