namespace Peft.Declarative.Tests.Text;

public class TokenizerSettingsTests
{
    private const string Words = """
        {"added_tokens": [{"id": 1, "content": "<s>", "special": true}, {"id": 2, "content": "</s>", "special": true}],
         "model": {"type": "WordLevel", "vocab": {"a": 0, "<pad>": 7}, "unk_token": "a"}}
        """;

    [Fact]
    public void Load_WithConfiguration_KnowsTheRoles()
    {
        Tokenizer tokenizer = InlineTokenizer.Load(
            Words,
            ("tokenizer_config.json", """{"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>", "pad_token": null, "padding_side": "left"}"""),
            ("special_tokens_map.json", """{"pad_token": "<pad>", "eos_token": "a"}"""));

        Assert.Equal((2, 3, 7), (tokenizer.BosId, tokenizer.EosId, tokenizer.PadId));
        Assert.Null(tokenizer.UnknownId);
        Assert.Equal("</s>", tokenizer.SpecialTokens.Eos);
        Assert.True(tokenizer.PadsOnLeft);
        Assert.Null(tokenizer.ChatTemplate);
    }

    [Fact]
    public void Load_WithoutConfiguration_KnowsNoRoles() => Assert.Null(InlineTokenizer.Load(Words).BosId);

    [Fact]
    public void ChatTemplate_FromAList_HasNames()
    {
        Tokenizer tokenizer = InlineTokenizer.Load(
            Words,
            ("tokenizer_config.json", """{"chat_template": [{"name": "default", "template": "D"}, {"name": "tool_use", "template": "T"}]}"""));

        Assert.Equal("D", tokenizer.ChatTemplate);
        Assert.Equal("T", tokenizer.ChatTemplates["tool_use"]);
    }

    [Fact]
    public void ChatTemplate_FromItsOwnFile_GoesFirst()
    {
        Tokenizer tokenizer = InlineTokenizer.Load(
            Words, ("tokenizer_config.json", """{"chat_template": "C"}"""), ("chat_template.jinja", "J"));

        Assert.Equal("J", tokenizer.ChatTemplate);
    }

    [Theory]
    [InlineData("true", "false", new[] { 2, 0 })]
    [InlineData("false", "true", new[] { 0, 3 })]
    [InlineData("true", "true", new[] { 2, 0, 3 })]
    public void AddBosAndEos_OfLlama_DecideWhatSurroundsAText(string bos, string eos, int[] expected)
    {
        Tokenizer tokenizer = InlineTokenizer.Load(Words, ("tokenizer_config.json",
            $$"""{"tokenizer_class": "LlamaTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "add_bos_token": {{bos}}, "add_eos_token": {{eos}} }"""));

        Assert.Equal(expected, tokenizer.Encode("a"));
        Assert.Equal([0], tokenizer.Encode("a", addSpecialTokens: false));
    }

    [Fact]
    public void AddBos_WithoutABosToken_IsAnError() => Assert.Throws<PeftException>(() => InlineTokenizer.Load(
        Words, ("tokenizer_config.json", """{"tokenizer_class": "LlamaTokenizer", "add_bos_token": true}""")));

    [Theory]
    [InlineData("""{"chat_template": [{"name": "x"}]}""")]
    [InlineData("""{"add_bos_token": "yes"}""")]
    [InlineData("not json")]
    public void Load_OfABrokenConfiguration_NamesTheFile(string config)
    {
        var error = Assert.Throws<PeftException>(() => InlineTokenizer.Load(Words, ("tokenizer_config.json", config)));

        Assert.Contains("tokenizer_config.json", error.Message, StringComparison.Ordinal);
    }
}
