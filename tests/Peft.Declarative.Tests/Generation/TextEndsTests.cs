using System.Text.Json.Nodes;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Adapters;
using Peft.Declarative.Tests.Text;
using Peft.Declarative.Tests.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Generation;

/// <summary>What ends a text is one thing for training, generation and chats, whichever files name it.</summary>
public sealed class TextEndsTests
{
    [Theory]
    [InlineData("2", null, "</s>", new[] { 2 }, 2, null)]
    [InlineData("2", "[2, 5]", "</s>", new[] { 2, 5 }, 2, null)]
    [InlineData("2", "null", "</s>", new[] { 2 }, 2, null)]
    [InlineData("null", null, "</s>", new[] { 2 }, 2, null)]
    [InlineData("null", null, null, new int[0], null, null)]
    [InlineData("5", null, null, new[] { 5 }, 5, null)]
    [InlineData("5", null, "</s>", new[] { 5, 2 }, 5, "The tokenizer ends texts with '</s>' (2), but config.json names 'user:' (5)")]
    [InlineData("2", "5", "</s>", new[] { 5, 2 }, 5, "but generation_config.json names 'user:' (5)")]
    [InlineData("6", "[5]", null, new[] { 5 }, 5, "config.json ends texts with 'assistant:' (6), which generation_config.json does not name")]
    [InlineData("48", "[-1, 48]", "</s>", new[] { 2 }, 2, null)]
    public void Of_FilesThatNameEnds_GivesOneAnswer(string config, string? generation, string? tokenizer, int[] stops, int? taught, string? conflict)
    {
        using var folder = new TemporaryFolder();
        using LlamaForCausalLM model = Saved(folder, config, generation);

        TextEnds ends = TextEnds.Of(model, InlineWords.Load(eos: tokenizer));

        Assert.Equal(stops, ends.StopIds);
        Assert.Equal(taught, ends.TaughtId);
        Assert.Contains(conflict ?? "", ends.Conflict ?? "", StringComparison.Ordinal);
        Assert.Equal(conflict is null, ends.Conflict is null);
    }

    [Fact]
    public void Of_AChatTemplateThatEndsTurnsInItsOwnWay_StopsThereToo()
    {
        using var folder = new TemporaryFolder();
        using LlamaForCausalLM model = Saved(folder, "2", null);
        Tokenizer tokenizer = InlineWords.Load(template: "{% for m in messages %}{{ m.role }}: {{ m.content }} <|end|> {% endfor %}");

        TextEnds ends = TextEnds.Of(model, tokenizer);

        Assert.Equal([2, InlineWords.TurnEnd], ends.StopIds);
        Assert.Contains("The chat template ends turns with '<|end|>' (3)", ends.Conflict, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2", "[5]", "</s>")]
    [InlineData("5", null, "</s>")]
    [InlineData("null", null, "</s>")]
    [InlineData("2", "[2, 5]", "</s>")]
    public void FromFile_WithTheModel_TeachesAnEndAtWhichGenerationStops(string config, string? generation, string eos)
    {
        using var folder = new TemporaryFolder();
        using LlamaForCausalLM model = Saved(folder, config, generation);
        Tokenizer tokenizer = InlineWords.Load(eos: eos);
        TrainingData data = TrainingData.FromFile(folder.File("rows.jsonl", """{"prompt": "a", "completion": "b"}"""), model, tokenizer);

        Assert.Contains(data.Rows[0].Labels[^1], new TextGenerator(model, tokenizer).Ends.StopIds);
        Assert.Equal(TextEnds.Of(model, tokenizer).Conflict is null ? 0 : 1, data.Warnings.Count);
    }

    [Fact]
    public void Train_OnDataOfAModelWhoseFilesDisagree_HasTheWarning()
    {
        using var folder = new TemporaryFolder();
        using LlamaForCausalLM model = Personas.On(Saved(folder, "5", null), "a");
        TrainingData data = TrainingData.FromFile(folder.File("rows.jsonl", """{"prompt": "a", "completion": "b"}"""), model, InlineWords.Load(eos: "</s>"));

        TrainingResult result = TrainingLoop.Train(model, new TrainingPlan { Epochs = 1 }, data);

        Assert.StartsWith("PEFT436: The tokenizer ends texts with '</s>' (2), but config.json names", Assert.Single(data.Warnings), StringComparison.Ordinal);
        Assert.Contains(data.Warnings[0], result.Warnings);
    }

    [Fact]
    public void Generate_WithOptionsThatSetTheLengthOnly_KeepsTheEndsOfTheModel()
    {
        using var folder = new TemporaryFolder();
        using LlamaForCausalLM free = Saved(folder, "null", null);
        using Tensor prompt = tensor(new long[,] { { 5, 9, 13 } });
        using Tensor text = new TextGenerator(free).Generate(prompt, options: new GenerationOptions { MaxNewTokens = 8 });
        long third = text[0, 5].item<long>();
        long first = Enumerable.Range(3, 8).First(i => text[0, i].item<long>() == third);
        File.WriteAllText(folder["generation_config.json"], $$"""{"eos_token_id": [40, {{third}}], "max_new_tokens": 3}""");

        using Tensor ended = new TextGenerator(free).Generate(prompt, options: new GenerationOptions { MaxNewTokens = 8 });

        Assert.Equal(first + 1, ended.size(1));
    }

    [Fact]
    public void Generate_WithAPadIdOutsideTheVocabulary_UsesAnother()
    {
        using var folder = new TemporaryFolder();
        using LlamaForCausalLM model = Saved(folder, "2", """[2], "pad_token_id": -1""", "48");

        Assert.Null(model.Config.PadTokenId);
        Assert.Equal(2, new TextGenerator(model, InlineWords.Load()).Complete(["a", "a b c"], new GenerationOptions { MaxNewTokens = 3 }).Count);
    }

    [Fact]
    public void Of_AGenerationConfigWithAnEndThatIsNoId_SaysSo()
    {
        using var folder = new TemporaryFolder();
        using LlamaForCausalLM model = Saved(folder, "2", "\"</s>\"");

        Assert.Equal("PEFT802", Assert.Throws<PeftException>(() => TextEnds.Of(model)).Id);
    }

    private static LlamaForCausalLM Saved(TemporaryFolder folder, string eos, string? generationEos, string pad = "null")
    {
        using (LlamaForCausalLM drawn = TinyModels.Llama())
        {
            drawn.SaveModel(folder.Path);
        }

        LlamaConfig sizes = TinyModels.LlamaConfig;
        var config = new JsonObject
        {
            ["model_type"] = "llama",
            ["vocab_size"] = sizes.VocabularySize,
            ["hidden_size"] = sizes.HiddenSize,
            ["num_hidden_layers"] = sizes.LayerCount,
            ["num_attention_heads"] = sizes.HeadCount,
            ["num_key_value_heads"] = sizes.KeyValueHeadCount,
            ["max_position_embeddings"] = sizes.MaxPositions,
            ["intermediate_size"] = sizes.IntermediateSize,
            ["eos_token_id"] = JsonNode.Parse(eos),
            ["pad_token_id"] = JsonNode.Parse(pad),
        };
        folder.File("config.json", config.ToJsonString());
        if (generationEos is not null)
        {
            folder.File("generation_config.json", $$"""{"eos_token_id": {{generationEos}} }""");
        }

        return LlamaForCausalLM.FromPretrained(folder.Path);
    }
}
