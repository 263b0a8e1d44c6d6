using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Training;

namespace Peft.Declarative.Tests.Models;

/// <summary>A config.json whose fields are of the wrong kind: each is named with what it should be, and all at once.</summary>
public sealed class ModelConfigTests
{
    private const string Good =
        """
        {"model_type": "llama", "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 8,
        "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8}}
        """;

    [Theory]
    [InlineData("eos_token_id", "[2, 0.5]", "'eos_token_id' is [2,0.5], but should be a token id or a list of them")]
    [InlineData("eos_token_id", "[2, 2147483648]", "a token id or a list of them")]
    [InlineData("eos_token_id", "\"</s>\"", "a token id or a list of them")]
    [InlineData("bos_token_id", "1e400", "a whole number")]
    [InlineData("vocab_size", "8.5", "a whole number")]
    [InlineData("hidden_size", "99999999999999999999", "a whole number")]
    [InlineData("rms_norm_eps", "1e400", "a number")]
    [InlineData("rms_norm_eps", "\"small\"", "a number")]
    [InlineData("tie_word_embeddings", "1", "true or false")]
    [InlineData("hidden_act", "7", "a text")]
    [InlineData("rope_theta", "-1", "above 0")]
    [InlineData("rope_scaling", "\"linear\"", "an object")]
    [InlineData("rope_scaling", "{\"rope_type\": \"linear\", \"factor\": 1e400}", "'factor' is 1e400, but should be a number")]
    [InlineData("rope_scaling", "{\"type\": 3}", "'type' is 3, but should be a text")]
    public void Load_OfAFieldOfTheWrongKind_SaysFieldAndWhatItShouldBe(string field, string value, string expected)
    {
        PeftException error = Assert.Throws<PeftException>(() => Load(field, value));

        Assert.Equal("PEFT511", error.Id);
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfWholeNumbersWithAPoint_TakesThem() => Assert.Equal(16, Load("hidden_size", "16.0").HiddenSize);

    [Fact]
    public void Load_OfAListWithMinusOne_LeavesItOut() => Assert.Equal([2], Load("eos_token_id", "[-1, 2]").EosTokenIds);

    private static LlamaConfig Load(string field, string value)
    {
        using var folder = new TemporaryFolder();
        JsonObject config = JsonNode.Parse(Good)!.AsObject();
        config[field] = JsonNode.Parse(value);
        folder.File("config.json", config.ToJsonString());
        return LlamaConfig.Load(folder.Path);
    }
}
