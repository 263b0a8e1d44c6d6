using Peft.Declarative.Models;
using Peft.Declarative.Tests.Text;

namespace Peft.Declarative.Tests.Data.Rows;

/// <summary>Special tokens are there once, whoever put them there first.</summary>
public sealed class SpecialTokenTests
{
    private const string Around = "<s> A </s>";

    [Theory]
    [InlineData("A", """{"prompt": "a b", "completion": "c"}""", "a b|c </s>")]
    [InlineData(Around, """{"prompt": "a b", "completion": "c"}""", "<s> a b|c </s>")]
    [InlineData(Around, """{"prompt": "<s> a b", "completion": "c </s>"}""", "<s> a b|c </s>")]
    [InlineData(Around, """{"text": "a b"}""", "|<s> a b </s>")]
    [InlineData(Around, """{"text": "<s> a b </s>"}""", "|<s> a b </s>")]
    [InlineData("<s> A", """{"text": "<s> a b </s>"}""", "|<s> a b </s>")]
    [InlineData("A", """{"text": "a b </s>"}""", "|a b </s>")]
    [InlineData("A", """{"text": "user: a <|end|> assistant: b <|end|> \n"}""", "|user: a <|end|> assistant: b <|end|> \n")]
    [InlineData("A", """{"prompt": "user: a <|end|> assistant:", "completion": "b <|end|> \n"}""", "user: a <|end|> assistant:|b <|end|> \n")]
    public void FromFile_WhereTokensAreThereAlready_AddsNoSecond(string single, string line, string expected)
    {
        Tokenizer tokenizer = InlineWords.Load(single, template: "{% for m in messages %}{{ m.role }}: {{ m.content }} <|end|> {% endfor %}");
        using LlamaForCausalLM model = TinyModels.Llama();
        using var folder = new TemporaryFolder();

        TrainingRow row = Assert.Single(TrainingData.FromFile(folder.File("rows.jsonl", line), model, tokenizer).Rows);

        string prompt = string.Join(' ', row.Ids.TakeWhile((_, i) => row.Labels[i] == TrainingRow.Ignored).Select(tokenizer.TokenText));
        string learnt = string.Join(' ', row.Labels.Where(label => label != TrainingRow.Ignored).Select(tokenizer.TokenText));
        Assert.Equal(expected, $"{prompt}|{learnt}");
    }

    [Fact]
    public void FromFile_WithATokenizerThatEndsTexts_DoesNotEndThePromptAlsoWithoutAModel()
    {
        using var folder = new TemporaryFolder();

        TrainingRow row = Assert.Single(TrainingData.FromFile(
            folder.File("rows.jsonl", """{"prompt": "a", "completion": "b"}"""), InlineWords.Load(Around), 10, InlineWords.End).Rows);

        Assert.Equal([InlineWords.Begin, 7, 8, InlineWords.End], row.Ids);
    }

    [Fact]
    public void Complete_WithATokenizerThatEndsTexts_ContinuesAnOpenPrompt()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        var options = new GenerationOptions { MaxNewTokens = 6, EosTokenIds = [] };

        string open = new TextGenerator(model, InlineWords.Load("<s> A")).Complete("a b", options);

        Assert.Equal(open, new TextGenerator(model, InlineWords.Load(Around)).Complete("a b", options));
        Assert.Equal(open, new TextGenerator(model, InlineWords.Load(Around)).Complete("<s> a b", options));
    }

    [Fact]
    public void FromText_WithATokenizerThatBeginsTexts_BeginsOnce()
    {
        using var folder = new TemporaryFolder();

        TrainingRow row = Assert.Single(TrainingData.FromText(folder.File("a.txt", "<s> a b"), InlineWords.Load("<s> A"), 10).Rows);

        Assert.Equal([InlineWords.Begin, 7, 8], row.Ids);
    }
}
