using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Text;

/// <summary>Creates a tokenizer from JSON that is written in the test.</summary>
internal static class InlineTokenizer
{
    /// <summary>Loads <c>tokenizer.json</c> with the given sections, and other files beside it.</summary>
    internal static Tokenizer Load(string sections, params (string Name, string Content)[] others)
    {
        string folder = Directory.CreateTempSubdirectory("tokenizer-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), sections);
            foreach ((string name, string content) in others)
            {
                File.WriteAllText(Path.Combine(folder, name), content);
            }

            return Tokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The words that a pre-tokenizer makes of a text, read off a vocabulary that grows with them.</summary>
    internal static string[] Words(string preTokenizer, string text, string normalizer = "null", string addedTokens = "[]", params string[] candidates)
    {
        var vocabulary = new JsonObject { ["[UNK]"] = 0 };
        foreach (string candidate in candidates.Distinct())
        {
            vocabulary[candidate] = vocabulary.Count;
        }

        Tokenizer tokenizer = Load($$$"""
            {"normalizer": {{{normalizer}}}, "pre_tokenizer": {{{preTokenizer}}}, "added_tokens": {{{addedTokens}}},
             "model": {"type": "WordLevel", "vocab": {{{vocabulary.ToJsonString()}}}, "unk_token": "[UNK]"}}
            """);
        return [.. tokenizer.Encode(text, addSpecialTokens: false).Select(id => tokenizer.TokenText(id)!)];
    }

    /// <summary>Checks that exactly these words come out; any other word would be unknown.</summary>
    internal static void AssertWords(string preTokenizer, string text, params string[] expected) =>
        Assert.Equal(expected, Words(preTokenizer, text, candidates: expected));

    /// <summary>Checks what a normaliser makes of a text.</summary>
    internal static void AssertNormal(string normalizer, string text, string expected) =>
        Assert.Equal(expected.Length == 0 ? [] : [expected], Words("null", text, normalizer, candidates: [expected]));
}
