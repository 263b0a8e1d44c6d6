using System.Text;
using Peft.Declarative.Data.Files;
using Peft.Declarative.Data.Rows;

namespace Peft.Declarative.Tests.Data.Files;

/// <summary>Folders, patterns, large files, and what is left out of them.</summary>
public sealed class DataFileTests
{
    [Theory]
    [InlineData("", "abcde")]
    [InlineData("*.jsonl", "bc")]
    [InlineData("**/*.jsonl", "bcd")]
    [InlineData("?.txt", "a")]
    [InlineData("in*/d.jsonl", "d")]
    public void FromFile_OfFolderOrPattern_ReadsTheFilesInTheOrderOfTheirNames(string pattern, string expected)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["inner"]);
        folder.File("a.txt", "a");
        folder.File("b.jsonl", """{"text": "b"}""");
        folder.File("c.jsonl", """{"text": "c"}""");
        folder.File("inner/d.jsonl", """{"text": "d"}""");
        folder.File("inner/e.md", "e");
        folder.File("notes.csv", "not data");

        TrainingData data = TrainingData.FromFile(Path.Combine(folder.Path, pattern), new Letters(), 10, endOfSequence: null);

        Assert.Equal(expected, string.Concat(data.Rows.Select(row => (char)row.Ids[1])));
    }

    [Theory]
    [InlineData("*.parquet", "There is no file of training data")]
    [InlineData("nowhere.jsonl", "does not exist")]
    [InlineData("a.docx", "The kind of")]
    public void FromFile_OfWhatIsNoData_SaysSo(string name, string reason)
    {
        using var folder = new TemporaryFolder();
        folder.File("a.docx", "a,b");

        PeftException error = Assert.Throws<PeftException>(() => { TrainingData.FromFile(Path.Combine(folder.Path, name), new Letters(), 10, 1); });

        Assert.Equal("PEFT601", error.Id);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFile_OfALineWithAHugeName_QuotesAPieceOfIt()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.jsonl", $"{{\"{new string('n', 100_000)}\": 1}}\n");

        PeftException error = Assert.Throws<PeftException>(() => { TrainingData.FromFile(path, new Letters(), 10, 1); });

        Assert.Contains("it has 'nnn", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 1000);
    }

    [Fact]
    public void FromFile_OfALineWithHalfACharacterInAName_IsABadRow()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.jsonl", "{\"\\ud800\": 1}\n");

        PeftException error = Assert.Throws<PeftException>(() => { TrainingData.FromFile(path, new Letters(), 10, 1); });

        Assert.Contains("half a surrogate pair", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFile_SkippingBadRows_CountsAndNamesThem()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.jsonl", "{\"text\": \"abc\"}\n" + string.Concat(Enumerable.Repeat("oops\n", 150)) + "{\"text\": \"def\"}\n");

        TrainingData data = TrainingData.FromFile(path, new Letters(), 10, 1, new DataOptions { SkipBadRows = true });

        Assert.Equal(2, data.Rows.Count);
        Assert.Equal(150, data.Skipped.Count);
        Assert.Equal(100, data.Skipped.First.Count);
        Assert.StartsWith($"line 2 of '{path}': it is not JSON", data.Skipped.First[0], StringComparison.Ordinal);
        Assert.Equal($"line 152 of '{path}'", data.Rows[1].Source);
    }

    [Fact]
    public void FromFile_SkippingEveryRow_IsStillAnError()
    {
        using var folder = new TemporaryFolder();

        PeftException error = Assert.Throws<PeftException>(
            () => { TrainingData.FromFile(folder.File("a.jsonl", "oops\n"), new Letters(), 10, 1, new DataOptions { SkipBadRows = true }); });

        Assert.Contains("all of its 1 row had to be skipped", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ByteLines_OfAnyFile_AreThoseOfAReader()
    {
        using var folder = new TemporaryFolder();
        string content = "\uFEFFone\r\n\n" + new string('x', 200_000) + "\nlast\r";
        File.WriteAllText(folder["a"], content, new UTF8Encoding(false));

        string?[] lines = [.. ByteLines.Of(folder["a"], longest: 100_000).Select(line => line is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null)];

        Assert.Equal<string?[]>(["one", "", null, "last"], lines);
    }

    [Fact]
    public void FromText_LongerThanAPortion_IsTokenizedAsOneText()
    {
        using var folder = new TemporaryFolder();
        string text = string.Concat(Enumerable.Range(0, 50).Select(i => $"line {i}\n")) + new string('z', 40);
        string path = folder.File("a.txt", text);

        TrainingRow[] rows = [.. PlainText.Read(path, new Letters(), maxLength: 7, portion: 32)];

        Assert.Equal(new Letters().Encode(text), rows.SelectMany(row => row.Ids));
        Assert.All(rows[..^1], row => Assert.Equal(7, row.Ids.Length));
    }

    [Fact]
    public void FromFile_OfALargeFile_HoldsFewBytesARow()
    {
        using var folder = new TemporaryFolder();
        const int Rows = 20_000;
        using (StreamWriter writer = File.CreateText(folder["large.jsonl"]))
        {
            for (int i = 0; i < Rows; i++)
            {
                writer.WriteLine($"{{\"prompt\": \"{i:D6}\", \"completion\": \"{new string((char)('a' + (i % 26)), 500)}\"}}");
            }
        }

        var encoder = new TextEncoder(new Letters(), 600, 1, [1], new DataOptions());
        long before = GC.GetTotalMemory(forceFullCollection: true);
        (RowSet rows, _, _) = DataReading.Read(folder["large.jsonl"], null, encoder, skips: false, memoryPlaces: 100_000);
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;

        // 10 million token ids would be 40 MB. Other tests run beside this one, hence the room; where they free more than they take, the difference is negative.
        Assert.InRange(held, long.MinValue, 8_000_000);
        Assert.Equal(Rows, rows.Count);
        foreach (int i in new[] { 0, 190, 200, 12_345, Rows - 1 })
        {
            TrainingRow expected = TrainingRow.OfCompletion([0, .. $"{i:D6}".Select(digit => (int)digit)], [.. Enumerable.Repeat('a' + (i % 26), 500), 1]);
            Assert.Equal(expected.Ids, rows[i].Ids);
            Assert.Equal(expected.Labels, rows[i].Labels);
            Assert.Equal($"line {i + 1} of '{folder["large.jsonl"]}'", rows[i].Source);
        }
    }

    [Fact]
    public void Summarize_TellsLengthsBeforeTheCut()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.jsonl", string.Concat(Enumerable.Range(1, 20).Select(i => $"{{\"text\": \"{new string('a', i)}\"}}\n")));

        DataSummary summary = TrainingData.FromFile(path, new Letters(), maxLength: 16, endOfSequence: null).Summarize();

        Assert.Equal(20, summary.Rows);
        Assert.Equal((2, 11, 20, 21), (summary.Shortest, summary.Median, summary.Percentile95, summary.Longest));
        Assert.Equal(5, summary.CutRows);
        Assert.Equal(Enumerable.Range(2, 20).Sum(length => Math.Min(length, 16)), summary.Tokens);
        Assert.Equal(summary.Tokens - 20, summary.LearntTokens);
    }
}
