using System.Text.Json;

namespace Peft.Declarative.Tests.Text;

/// <summary>Every tokenizer of the reference set gives, on every text, what the reference gave.</summary>
public class TokenizerParityTests
{
    private const int MostShown = 10;

    public static TheoryData<string> Tokenizers => [.. Folders.Select(folder => Path.GetFileName(folder))];

    private static IEnumerable<string> Folders => TestData.Folder("PEFT_TOKENIZERS", "tokenizers") is { } root
        ? Directory.GetDirectories(root).Where(folder => File.Exists(Path.Combine(folder, "expected.json"))).Order(StringComparer.Ordinal)
        : [];

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Tokenizer_OnEveryText_GivesTheReferencesIdsAndDecodings(string name)
    {
        string folder = Folders.Single(path => Path.GetFileName(path) == name);
        Tokenizer tokenizer = Tokenizer.Load(Path.Combine(folder, "tokenizer.json"));
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));

        List<string> problems = [.. expected.RootElement.EnumerateArray().SelectMany(row => Compare(tokenizer, row))];

        Assert.True(problems.Count == 0, $"{problems.Count} differences:\n{string.Join('\n', problems.Take(MostShown))}");
        Assert.NotEqual(0, expected.RootElement.GetArrayLength());
    }

    private static IEnumerable<string> Compare(Tokenizer tokenizer, JsonElement row)
    {
        string text = row.GetProperty("text").GetString()!;
        int[] ids = Ids(row, "ids");
        (string What, string Expected, string Actual)[] checks =
        [
            ("ids", Show(ids), Show(tokenizer.Encode(text))),
            ("ids_without_special", Show(Ids(row, "ids_without_special")), Show(tokenizer.Encode(text, addSpecialTokens: false))),
            ("decoded", row.GetProperty("decoded").GetString()!, tokenizer.Decode(ids)),
            ("decoded_with_special", row.GetProperty("decoded_with_special").GetString()!, tokenizer.Decode(ids, skipSpecialTokens: false)),
        ];
        return checks.Where(check => check.Expected != check.Actual)
            .Select(check => $"{check.What} of {JsonSerializer.Serialize(text)}: expected {check.Expected}, got {check.Actual}");
    }

    private static int[] Ids(JsonElement row, string key) => [.. row.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];

    private static string Show(IEnumerable<int> ids) => string.Join(' ', ids);
}
