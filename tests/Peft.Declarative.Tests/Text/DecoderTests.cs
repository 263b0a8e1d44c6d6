using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Text;

public class DecoderTests
{
    [Theory]
    [InlineData("""{"type": "ByteFallback"}""", "<0x61>", "a")]
    [InlineData("""{"type": "ByteFallback"}""", "<0xE5>", "\uFFFD")]
    [InlineData("""{"type": "ByteFallback"}""", "<0xE5>|<0x8f>|<0xab>|a", "叫a")]
    [InlineData("""{"type": "ByteFallback"}""", "<0xE5>|<0x8f>|a", "\uFFFD\uFFFDa")]
    [InlineData("""{"type": "ByteFallback"}""", "<0x+A>|<0x+A", "\n<0x+A")]
    [InlineData("""{"type": "ByteLevel"}""", "Ġhi|ðŁİĪ", " hi\U0001F388")]
    [InlineData("""{"type": "ByteLevel"}""", "Ã|日x", "\uFFFD日x")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}""", "▁Hey|▁friend!", "Hey friend!")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"}""", "▁Hey|▁friend!", " Hey friend!")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": false}""", "##uelo|Ara|##új|##o|No|##guera", "##uelo Araújo Noguera")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": true}""", "I|'m|here|.", "I'm here.")]
    [InlineData("""{"type": "BPEDecoder", "suffix": "</w>"}""", "he|llo</w>|you</w>", "hello you")]
    [InlineData("""{"type": "BPEDecoder", "suffix": ""}""", "he|y", " h e y")]
    [InlineData("""{"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "", "cleanup": true}""", "hi", " h i ")]
    [InlineData("""{"type": "Strip", "content": "H", "start": 1, "stop": 0}""", "Hey| friend!|HHH", "ey friend!HH")]
    [InlineData("""{"type": "Strip", "content": "y", "start": 0, "stop": 1}""", "Hey| friend!", "He friend!")]
    [InlineData("""{"type": "Replace", "pattern": {"String": "_"}, "content": " "}""", "a_b|_", "a b ")]
    [InlineData("""{"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": true}""", "<pad>|h|e|e|l|<pad>|l|o|o", "hello")]
    [InlineData("null", "a|b", "a b")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": "a", "start": 9, "stop": 9}]}""", "aa|ba|a", "b")]
    public void Decode_ByName_JoinsTheTokens(string decoder, string tokens, string expected)
    {
        string[] parts = tokens.Split('|');
        var vocabulary = new JsonObject();
        foreach (string part in parts.Distinct())
        {
            vocabulary[part] = vocabulary.Count;
        }

        Tokenizer tokenizer = InlineTokenizer.Load(
            $$$"""{"decoder": {{{decoder}}}, "model": {"type": "WordLevel", "vocab": {{{vocabulary.ToJsonString()}}}, "unk_token": "a"}}""");

        Assert.Equal(expected, tokenizer.Decode(parts.Select(part => tokenizer.TokenId(part)!.Value)));
        Assert.Equal("", tokenizer.Decode([]));
    }
}
