using System.Text;

namespace Peft.Declarative.Tests.Text;

/// <summary>Untrusted files end in one clear error, never in a crash.</summary>
public class TokenizerFileTests
{
    private const string Words = """{"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}""";

    [Theory]
    [InlineData("""{"model": {"type": "Magic", "vocab": {}}}""", "the model 'Magic'", "BPE, Unigram, WordLevel, WordPiece")]
    [InlineData("""{"normalizer": {"type": "Nfx"}, "model": W}""", "the normalizer 'Nfx'", "NFKC")]
    [InlineData("""{"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Cut"}]}, "model": W}""", "'pre_tokenizer.pretokenizers[0]'", "Metaspace")]
    [InlineData("""{"post_processor": {"type": "P"}, "model": W}""", "the post-processor 'P'", "TemplateProcessing")]
    [InlineData("""{"decoder": {"type": "D"}, "model": W}""", "the decoder 'D'", "ByteFallback")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}}""", "'model.merges[0]'", "'ab'")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a", "b"]}}""", "'model.merges[0]'", "two tokens")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}""", "'a'", "4,194,303")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 99999999999}, "merges": []}}""", "'a'", "whole number")]
    [InlineData("""{"model": {"type": "BPE", "vocab": ["a"], "merges": []}}""", "'model.vocab'", "object")]
    [InlineData("""{"model": {"type": "Unigram", "unk_id": 5, "vocab": [["a", 0]]}}""", "'model.unk_id'", "1 pieces")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": [["a"]]}}""", "'model.vocab[0]'", "log-probability")]
    [InlineData("""{"model": {"type": 7}}""", "'model.type'", "text")]
    [InlineData("""{"version": "2.0", "model": W}""", "'version'", "1.0")]
    [InlineData("""{"a": 1}""", "model", "no Hugging Face tokenizer")]
    [InlineData("""[1]""", "model", "no Hugging Face tokenizer")]
    [InlineData("""{"model": """, "not a JSON file that can be used", "line 1")]
    [InlineData("""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated"}, "model": W}""", "'pre_tokenizer.pattern.Regex'", "')' is missing")]
    [InlineData("""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "a"}, "behavior": "Melt"}, "model": W}""", "'Melt'", "Isolated")]
    [InlineData("""{"post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[X]", "type_id": 0}}], "pair": [], "special_tokens": {}}, "model": W}""", "'[X]'", "special_tokens")]
    [InlineData("""{"post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "B", "type_id": 0}}], "pair": [], "special_tokens": {}}, "model": W}""", "'B'", "only A")]
    [InlineData("""{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAA"}, "model": W}""", "precompiled_charsmap", "no compiled character map")]
    [InlineData("""{"added_tokens": [{"id": 1}], "model": W}""", "'added_tokens[0].content'", "text")]
    [InlineData("""{"padding": {"strategy": {"Fixed": 2000000000}}, "model": W}""", "'padding'", "tokens per text")]
    [InlineData("""{"truncation": {"max_length": 5, "strategy": "Random"}, "model": W}""", "'Random'", "LongestFirst")]
    [InlineData("""{"decoder": {"type": "Strip", "content": "", "start": 2000000000, "stop": 0}, "model": W}""", "'decoder.content'", "one character")]
    [InlineData("""{"truncation": {"direction": "left", "max_length": 5}, "model": W}""", "'truncation.direction'", "known are Right, Left")]
    [InlineData("""{"truncation": "LongestFirst", "model": W}""", "'truncation'", "an object")]
    [InlineData("""{"padding": {"direction": "right"}, "model": W}""", "'padding.direction'", "known are Right, Left")]
    [InlineData("""{"padding": {"strategy": "Fixed"}, "model": W}""", "'padding.strategy'", "known are BatchLongest")]
    public void Load_OfAFileThatCannotBeUsed_SaysWhereAndWhy(string json, string where, string why)
    {
        var error = Assert.Throws<PeftException>(() => InlineTokenizer.Load(json.Replace("\"model\": W", "\"model\": " + Words)));

        Assert.Equal("PEFT505", error.Id);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated"}, "model": W}""")]
    [InlineData("""{"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "(a|a)*c"}, "behavior": "Removed", "invert": true}]}, "model": W}""")]
    [InlineData("""{"normalizer": {"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": "a"}, "model": W}""")]
    public void Encode_WithAPatternThatRunsAway_EndsInAnError(string json)
    {
        Tokenizer tokenizer = InlineTokenizer.Load(json.Replace("\"model\": W", "\"model\": " + Words));

        PeftException error = Assert.Throws<PeftException>(() => { tokenizer.Encode(new string('a', 5000) + "b"); });

        Assert.Equal("PEFT505", error.Id);
        Assert.Contains("takes too long", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_WithAPatternThatRunsAway_EndsInAnError()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""
            {"decoder": {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": ""}]},
            "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1}, "unk_token": "a"}}
            """);

        Assert.Contains("takes too long",
            Assert.Throws<PeftException>(() => tokenizer.Decode([.. Enumerable.Repeat(0, 5000), 1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_WithWordsOfNoCharacters_MakesThemUnknown()
    {
        Tokenizer tokenizer = InlineTokenizer.Load("""{"model": {"type": "WordPiece", "vocab": {"[UNK]": 0, "a": 1}, "max_input_chars_per_word": 0}}""");

        Assert.Equal([0], tokenizer.Encode("a"));
    }

    [Fact]
    public void Encode_WithAHugeUnknownToken_QuotesAPieceOfIt()
    {
        Tokenizer tokenizer = InlineTokenizer.Load($$$"""{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "{{{new string('u', 50_000)}}}"}}""");

        Assert.InRange(Assert.Throws<PeftException>(() => { tokenizer.Encode(new string('x', 50_000)); }).Message.Length, 1, 1000);
    }

    [Fact]
    public void Load_OfControlCharactersInAName_WritesThemOut() => Assert.Contains(@"\u001b[2J",
        Assert.Throws<PeftException>(() => InlineTokenizer.Load("""{"model": {"type": "\u001b[2J"}}""")).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_OfDeeplyNestedComponents_IsRefused()
    {
        string open = string.Concat(Enumerable.Repeat("""{"type": "Sequence", "normalizers": [""", 10_000));

        Assert.Throws<PeftException>(() => InlineTokenizer.Load($$"""{"normalizer": {{open}}"""));
    }

    [Fact]
    public void Load_OfHalfASurrogatePair_IsRefused() => Assert.Throws<PeftException>(
        () => InlineTokenizer.Load("""{"model": {"type": "WordLevel", "vocab": {"\ud83c": 0}, "unk_token": "a"} }"""));

    [Fact]
    public void Load_OfNothing_NamesTheFile()
    {
        var error = Assert.Throws<PeftException>(() => Tokenizer.Load(Path.Combine(Path.GetTempPath(), "no-such-model")));

        Assert.Contains("no-such-model", error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfDamagedFiles_GivesPeftExceptionsOnly()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(TestData.RepositoryRoot, "tests/Peft.Declarative.Tests/Data/tokenizers/stories/tokenizer.json"));
        var random = new Random(5);
        for (int round = 0; round < 300; round++)
        {
            byte[] damaged = [.. whole];
            for (int i = 0; i < 1 + round % 4; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)"{}[],:\"0a\\-"[random.Next(11)];
            }

            try
            {
                InlineTokenizer.Load(Encoding.UTF8.GetString(damaged)).Encode("Once upon a time");
            }
            catch (PeftException)
            {
                // Refused, as it should be.
            }
        }
    }
}
