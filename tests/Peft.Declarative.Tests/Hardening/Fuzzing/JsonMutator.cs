using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Hardening.Fuzzing;

/// <summary>Changes what a JSON file says and leaves it JSON, so that the change reaches what stands behind the JSON reader.</summary>
internal static class JsonMutator
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "1", "-1", "2", "3", "255", "65536", "2147483647", "2147483648", "-9223372036854775808", "9223372036854775807",
        "18446744073709551616", "0.5", "1.0", "1e308", "1e999", "-0.0", "1e-320", "\"\"", "\" \"", "\"\\u0000\"", "\"é🎈\"", "[]", "{}", "[[]]", "[null]", "{\"\": 0}", "[1, \"a\"]",
    ];

    /// <summary>The changed text; null if the input is no JSON object.</summary>
    internal static byte[]? Mutate(byte[] input, IReadOnlyList<string> words, Random random)
    {
        try
        {
            if (JsonNode.Parse(input) is not JsonObject root)
            {
                return null;
            }

            List<JsonNode> inner = [.. Containers(root)];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                Change(inner[random.Next(inner.Count)], words, random);
            }

            return Encoding.UTF8.GetBytes(root.ToJsonString());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<JsonNode> Containers(JsonNode node)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject map => map.Select(entry => entry.Value),
            JsonArray list => list,
            _ => [],
        };
        return node is JsonObject or JsonArray ? [node, .. children.OfType<JsonNode>().SelectMany(Containers)] : [];
    }

    private static void Change(JsonNode node, IReadOnlyList<string> words, Random random)
    {
        if (node is JsonObject map)
        {
            Change(map, words, random);
        }
        else if (node is JsonArray list)
        {
            Change(list, words, random);
        }
    }

    private static void Change(JsonObject map, IReadOnlyList<string> words, Random random)
    {
        string key = map.Count > 0 && random.Next(8) > 0 ? map.ElementAt(random.Next(map.Count)).Key : Word(words, random);
        switch (random.Next(6))
        {
            case 0:
                map.Remove(key);
                break;
            case 1 when map.TryGetPropertyValue(key, out JsonNode? old):
                map.Remove(key);
                map[Word(words, random)] = old;
                break;
            default:
                map[key] = Value(words, random);
                break;
        }
    }

    private static void Change(JsonArray list, IReadOnlyList<string> words, Random random)
    {
        int at = random.Next(list.Count + 1);
        switch (random.Next(4))
        {
            case 0 when at < list.Count:
                list.RemoveAt(at);
                break;
            case 1 when at < list.Count:
                list.Add(list[at]?.DeepClone());
                break;
            case 2 when at < list.Count:
                list[at] = Value(words, random);
                break;
            default:
                list.Insert(at, Value(words, random));
                break;
        }
    }

    private static JsonNode? Value(IReadOnlyList<string> words, Random random) =>
        random.Next(3) == 0 ? JsonValue.Create(Word(words, random)) : JsonNode.Parse(Values[random.Next(Values.Length)]);

    private static string Word(IReadOnlyList<string> words, Random random) => words.Count == 0 ? "" : words[random.Next(words.Count)];
}
