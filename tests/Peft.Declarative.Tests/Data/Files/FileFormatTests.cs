
namespace Peft.Declarative.Tests.Data.Files;

/// <summary>Kinds of files and what may be around the rows in them.</summary>
public sealed class FileFormatTests
{
    [Theory]
    [InlineData("a.json", """[{"text": "ab"}, {"text": "cd"}]""")]
    [InlineData("a.json", "\n[\n  {\n    \"text\": \"ab\"\n  },\n\n  {\"text\": \"cd\", \"more\": [1, {\"x\": \"],[\\\"\"}]}\n]\n\n")]
    [InlineData("a.json", "\uFEFF[{\"text\": \"ab\"},{\"text\": \"cd\"}]")]
    [InlineData("a.json", "{\"text\": \"ab\"}\n{\"text\": \"cd\"}")]
    [InlineData("a.jsonl", "\n{\"text\": \"ab\"}\n\n  \n{\"text\": \"cd\"}\r\n\r\n")]
    [InlineData("a.csv", "text\nab\ncd")]
    [InlineData("a.csv", "id,text\r\n1,ab\r\n\r\n2,\"cd\"\r\n")]
    [InlineData("a.csv", "id;text\n1;ab\n2;cd\n")]
    [InlineData("a.tsv", "text\tid\nab\t1\ncd\t2\n")]
    [InlineData("a.csv", "\uFEFFtext,id\nab,\ncd,\n")]
    public void FromFile_OfTwoTexts_ReadsThem(string name, string content)
    {
        using var folder = new TemporaryFolder();

        Assert.Equal(["ab", "cd"], Texts(TrainingData.FromFile(folder.File(name, content), new Letters(), 20, null)));
    }

    [Fact]
    public void FromFile_OfQuotedValues_KeepsWhatIsInThem()
    {
        using var folder = new TemporaryFolder();

        TrainingData data = TrainingData.FromFile(folder.File("a.csv", "prompt,completion\n\"a, \"\"b\"\"\nc\",d\n,e\n"), new Letters(), 20, null);

        Assert.Equal(["a, \"b\"\ncd", "e"], Texts(data));
        Assert.Equal($"line 4 of '{folder["a.csv"]}'", data.Rows[1].Source);
    }

    [Theory]
    [InlineData("a.json", "[{\"text\": \"ab\"}, 5]", "line 1: it is a JSON number, not an object")]
    [InlineData("a.json", "[{\"text\": \"ab\"},\n{\"text\": 5}]", "line 2: 'text' is a JSON number")]
    [InlineData("a.json", "[{\"text\": \"ab\"}", "does not end with ']'")]
    [InlineData("a.json", "[{\"text\": \"ab\"}] x", "there is more after")]
    [InlineData("a.json", "[]", "no text to train on")]
    [InlineData("a.csv", "text,id\nab\n", "line 2: it has 1 values, but the first line names 2 columns")]
    [InlineData("a.csv", "txt\nab\n", "neither 'text'")]
    [InlineData("a.csv", "text\n\"ab\n", "a value in quotes does not end")]
    [InlineData("a.csv", "", "no text to train on")]
    [InlineData("a.csv", "text,id,text\na,1,b\n", "its first line names 'text' twice")]
    [InlineData("a.csv", "task,text,task\n1,a,2\n", "its first line names 'task' twice")]
    public void FromFile_OfADamagedFile_SaysWhere(string name, string content, string reason)
    {
        using var folder = new TemporaryFolder();

        PeftException error = Assert.Throws<PeftException>(() => TrainingData.FromFile(folder.File(name, content), new Letters(), 20, null));

        Assert.Equal("PEFT601", error.Id);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train.jsonl", "test.jsonl", ": test.jsonl. ")]
    [InlineData("train-00000-of-00001.jsonl", "validation-00000-of-00001.jsonl", ": validation-00000-of-00001.jsonl. ")]
    [InlineData("train/a.jsonl", "eval/a.jsonl", ": a.jsonl. ")]
    [InlineData("a.jsonl", "latest.jsonl", null)]
    [InlineData("questions.jsonl", "test.jsonl", null)]
    public void FromFile_OfAFolderWithPartsForTrainingAndEvaluation_SaysThatTheyAreReadAsOne(string one, string other, string? named)
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { one, other })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
            folder.File(name, """{"text": "ab"}""");
        }

        TrainingData data = TrainingData.FromFile(folder.Path, new Letters(), 20, null);

        Assert.Equal(2, data.Rows.Count);
        Assert.Equal(named is null ? 0 : 1, data.Warnings.Count);
        Assert.All(data.Warnings, warning => Assert.StartsWith("PEFT605: ", warning, StringComparison.Ordinal));
        Assert.All(data.Warnings, warning => Assert.Contains(named!, warning, StringComparison.Ordinal));
        Assert.Empty(TrainingData.FromFile(folder[one], new Letters(), 20, null).Warnings);
    }

    [Fact]
    public void FromFile_OfAFolder_MeansItsDataFiles()
    {
        using var folder = new TemporaryFolder();
        string[] leftovers =
        [
            "README.md", "LICENSE.txt", ".hidden.jsonl", "rows.jsonl~", "#rows.jsonl#", "._rows.jsonl", "~$rows.csv", "dataset_infos.json", ".ipynb_checkpoints/rows-checkpoint.jsonl",
            ".git/rows.jsonl", "__MACOSX/rows.jsonl", "notes.pdf",
        ];
        foreach (string name in leftovers)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
            folder.File(name, "{\"text\": \"no\"}\n");
        }

        Directory.CreateDirectory(folder["part"]);
        folder.File("part/rows.jsonl", "{\"text\": \"ab\"}\n");
        folder.File("rows.csv", "text\ncd\n");
        Directory.CreateSymbolicLink(folder["part/loop"], folder.Path);
        File.CreateSymbolicLink(folder["z.jsonl"], folder["part/rows.jsonl"]);

        Assert.Equal(["ab", "cd", "ab"], Texts(TrainingData.FromFile(folder.Path, new Letters(), 20, null)));
        Assert.Equal(["ab", "ab"], Texts(TrainingData.FromFile(folder["**/*.jsonl"], new Letters(), 20, null)));
    }

    private static IEnumerable<string> Texts(TrainingData data) => data.Rows.Select(row => string.Concat(row.Ids.Skip(1).Select(id => (char)id)));
}
