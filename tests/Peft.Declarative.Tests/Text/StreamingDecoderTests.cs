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
