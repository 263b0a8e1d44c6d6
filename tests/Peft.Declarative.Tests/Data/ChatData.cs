using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Text;

namespace Peft.Declarative.Tests.Data;

/// <summary>Conversations of different lengths, and a real tokenizer with a chat template for them.</summary>
internal static class ChatData
{
    internal const int MaxLength = 320;

    internal const string Template =
        "{{ bos_token }}{% for m in messages %}{{ m.role + ': ' + m.content }}{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}{{ '\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}";

    private static readonly string[] Words = ["Lily", "saw", "a", "big", "red", "ball", "in", "the", "park", "and", "was", "happy"];

    internal static Tokenizer Tokenizer(string template = Template) => InlineTokenizer.Load(
        File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "tests/Peft.Declarative.Tests/Data/tokenizers/stories/tokenizer.json")),
        ("tokenizer_config.json", """{"bos_token": "<s>", "eos_token": "</s>"}"""),
        ("chat_template.jinja", template));

    /// <summary>Thirty-three rows of JSON lines with messages, of one to three turns each.</summary>
    internal static string Lines()
    {
        var random = new Random(11);
        return string.Concat(Enumerable.Range(0, 33).Select(_ => Conversation(random) + "\n"));
    }

    internal static TrainingData Read(string template = Template, DataOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Tokenizer(template);
        return TrainingData.FromFile(folder.File("chat.jsonl", Lines()), tokenizer, MaxLength, tokenizer.EosId, options);
    }

    private static string Conversation(Random random)
    {
        JsonArray messages = [];
        int turns = random.Next(1, 4);
        for (int turn = 0; turn < turns; turn++)
        {
            messages.Add(new JsonObject { ["role"] = "user", ["content"] = Sentence(random) });
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = Sentence(random) });
        }

        return new JsonObject { ["messages"] = messages }.ToJsonString();
    }

    private static string Sentence(Random random) =>
        string.Join(' ', Enumerable.Range(0, random.Next(1, 6)).Select(_ => Words[random.Next(Words.Length)]));
}
