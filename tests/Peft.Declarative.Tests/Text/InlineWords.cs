using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Text;

/// <summary>A tokenizer of a few words that are separated by spaces, with ids below 48 as the tiny models have.</summary>
internal static class InlineWords
{
    internal const int Begin = 1;
    internal const int End = 2;
    internal const int TurnEnd = 3;

    private static readonly string[] Words =
        ["<unk>", "<s>", "</s>", "<|end|>", "<pad>", "user:", "assistant:", "a", "b", "c", "d", "good", "bad", "\n", "text", "'probe'", "<think>", "</think>", "why", "so", "1", "2"];

    /// <summary>Makes the tokenizer.</summary>
    /// <param name="single">Post-processing of a text, such as <c>&lt;s&gt; A &lt;/s&gt;</c>.</param>
    /// <param name="eos">The token that ends texts.</param>
    /// <param name="template">A chat template, or null.</param>
    /// <param name="normalizer">JSON of a normalizer.</param>
    internal static Tokenizer Load(string single = "A", string? eos = "</s>", string? template = null, string normalizer = "null", string pair = "A B")
    {
        var vocabulary = new JsonObject(Words.Select((word, id) => KeyValuePair.Create(word, (JsonNode?)id)));
        JsonArray added = [.. new[] { 1, 2, 3, 4 }.Select(id => (JsonNode)new JsonObject { ["id"] = id, ["content"] = Words[id], ["special"] = true, ["normalized"] = false })];
        var json = new JsonObject
        {
            ["normalizer"] = JsonNode.Parse(normalizer),
            ["pre_tokenizer"] = JsonNode.Parse("""{"type": "Split", "pattern": {"String": " "}, "behavior": "Removed", "invert": false}"""),
            ["added_tokens"] = added,
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = Items(single),
                ["pair"] = Items(pair),
                ["special_tokens"] = new JsonObject(Words[1..5].Select((word, i) => KeyValuePair.Create(word, (JsonNode?)new JsonObject
                {
                    ["id"] = word,
                    ["ids"] = new JsonArray(i + 1),
                    ["tokens"] = new JsonArray(word),
                }))),
            },
            ["model"] = new JsonObject { ["type"] = "WordLevel", ["vocab"] = vocabulary, ["unk_token"] = "<unk>" },
        };
        var config = new JsonObject { ["bos_token"] = "<s>", ["eos_token"] = eos, ["chat_template"] = template };
        return InlineTokenizer.Load(json.ToJsonString(), ("tokenizer_config.json", config.ToJsonString()));
    }

    private static JsonArray Items(string items) => [.. items.Split(' ').Select(item => (JsonNode)(item is "A" or "B"
        ? new JsonObject { ["Sequence"] = new JsonObject { ["id"] = item, ["type_id"] = item == "A" ? 0 : 1 } }
        : new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = item, ["type_id"] = 0 } }))];
}
