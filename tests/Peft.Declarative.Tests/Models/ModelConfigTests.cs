using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.Models;

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
    [InlineData("layer_types", "\"full_attention\"", "'layer_types' is \"full_attention\", but should be a list")]
    [InlineData("layer_types", "[\"full_attention\", \"sliding_attention\"]", "'layer_types' has full_attention, sliding_attention, but only one kind")]
    [InlineData("layer_types", "[\"chunked_attention\"]", "'layer_types' has chunked_attention")]
    [InlineData("layer_types", "[\"sliding_attention\"]", "this family attends to everything")]
    [InlineData("partial_rotary_factor", "0.5", "only 1, the whole head, is implemented")]
    public void Load_OfAFieldOfTheWrongKind_SaysFieldAndWhatItShouldBe(string field, string value, string expected)
    {
        PeftException error = Assert.Throws<PeftException>(() => Load(field, value));

        Assert.Equal("PEFT511", error.Id);
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"eight\"")]
    [InlineData("8.5")]
    [InlineData("-8")]
    [InlineData("99999999999999999999")]
    [InlineData("[8]")]
    public void Load_OfAWrongNumber_IsOneProblemAndNotAMissingOne(string value)
    {
        foreach (string field in new[] { "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size", "head_dim", "num_key_value_heads", "max_position_embeddings" })
        {
            string problem = Assert.Throws<PeftException>(() => Load(field, value)).Message;

            Assert.Equal(2, problem.Split($"'{field}' is {value}, but should be ").Length);
            Assert.DoesNotContain("missing", problem, StringComparison.Ordinal);
            Assert.DoesNotContain(';', problem);
        }
    }

    [Fact]
    public void Load_OfWholeNumbersWithAPoint_TakesThem() => Assert.Equal(16, Load("hidden_size", "16.0").HiddenSize);

    [Fact]
    public void Load_OfAListWithMinusOne_LeavesItOut() => Assert.Equal([2], Load("eos_token_id", "[-1, 2]").EosTokenIds);

    [Theory]
    [InlineData("mistral", "", 4)]
    [InlineData("mistral", "\"layer_types\": [\"full_attention\"]", null)]
    [InlineData("mistral", "\"layer_types\": [\"sliding_attention\"]", 4)]
    [InlineData("qwen2", "", null)]
    [InlineData("qwen2", "\"use_sliding_window\": true, \"max_window_layers\": 0", 4)]
    [InlineData("qwen2", "\"use_sliding_window\": true, \"max_window_layers\": 1", null)]
    [InlineData("qwen2", "\"layer_types\": [\"sliding_attention\"]", 4)]
    [InlineData("llama", "\"layer_types\": [\"full_attention\"]", null)]
    public void Load_OfAWindow_ReadsOldAndNewSpelling(string family, string fields, int? expected)
    {
        JsonObject config = JsonNode.Parse($$"""{ {{(fields.Length > 0 ? fields + "," : "")}} "model_type": "{{family}}", "sliding_window": 4 }""")!.AsObject();

        Assert.Equal(expected, Load(config).SlidingWindow);
    }

    [Fact]
    public void Load_OfAWindowOfNothing_IsRefused() => Assert.Contains(
        "'sliding_window' is 0, but should be at least 1",
        Assert.Throws<PeftException>(() => Load(new JsonObject { ["model_type"] = "mistral", ["sliding_window"] = 0 })).Message);

    private static LlamaConfig Load(string field, string value) => Load(new JsonObject { [field] = JsonNode.Parse(value) });

    private static LlamaConfig Load(JsonObject changes)
    {
        using var folder = new TemporaryFolder();
        JsonObject config = JsonNode.Parse(Good)!.AsObject();
        foreach ((string field, JsonNode? value) in changes)
        {
            config[field] = value?.DeepClone();
        }

        folder.File("config.json", config.ToJsonString());
        return LlamaConfig.Load(folder.Path);
    }
}
