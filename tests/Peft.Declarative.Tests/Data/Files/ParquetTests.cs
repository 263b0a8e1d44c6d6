using Parquet;
using Parquet.Schema;

namespace Peft.Declarative.Tests.Data.Files;

public sealed class ParquetTests
{
    private static readonly DataField<string> Text = new("text");

    [Fact]
    public void FromFile_OfTextsInTwoRowGroups_ReadsThemAll()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a.parquet"], new ParquetSchema(Text), Strings(Text, "ab", "cd"), Strings(Text, "ef"));

        TrainingData data = TrainingData.FromFile(folder["a.parquet"], new Letters(), 10, 1);

        Assert.Equal(["0,97,98,1", "0,99,100,1", "0,101,102,1"], data.Rows.Select(row => string.Join(",", row.Ids)));
        Assert.Equal($"row 3 of '{folder["a.parquet"]}'", data.Rows[2].Source);
    }

    [Fact]
    public void FromFile_OfMessages_GivesTheRowsThatJsonLinesGive()
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = ChatData.Tokenizer();
        folder.File("a.jsonl", """
            {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "the park"}]}
            {"messages": [{"role": "system", "content": "be"}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "ball"}]}
            """);
        var role = new DataField<string>("role");
        var content = new DataField<string>("content");
        var schema = new ParquetSchema(new ListField("messages", new StructField("element", role, content)));
        Write(folder["a.parquet"], schema, async group =>
        {
            int[] present = [4, 4, 4, 4, 4];
            int[] continues = [0, 1, 0, 1, 1];
            await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(role, Memory("user", "assistant", "system", "user", "assistant"), present, continues, default);
            await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(content, Memory("hi", "the park", "be", "a", "ball"), present, continues, default);
        });

        IReadOnlyList<TrainingRow> expected = TrainingData.FromFile(folder["a.jsonl"], tokenizer, 100, null).Rows;
        IReadOnlyList<TrainingRow> rows = TrainingData.FromFile(folder["a.parquet"], tokenizer, 100, null).Rows;

        Assert.Equal(expected.Select(Shown), rows.Select(Shown));
    }

    [Fact]
    public void FromFile_WithMissingValues_NamesTheirRows()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a.parquet"], new ParquetSchema(Text), Strings(Text, "ab", null, "ef"));

        PeftException error = Assert.Throws<PeftException>(() => { TrainingData.FromFile(folder["a.parquet"], new Letters(), 10, 1); });

        Assert.Equal("PEFT601", error.Id);
        Assert.Contains("row 2: it has neither 'text'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFile_WithOtherColumns_NamesThem()
    {
        using var folder = new TemporaryFolder();
        var other = new DataField<string>("body");
        Write(folder["a.parquet"], new ParquetSchema(other), Strings(other, "ab"));

        PeftException error = Assert.Throws<PeftException>(() => { TrainingData.FromFile(folder["a.parquet"], new Letters(), 10, 1); });

        Assert.Contains("its columns are 'body'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFile_WithNumbersForTexts_SaysSo()
    {
        using var folder = new TemporaryFolder();
        var numbers = new DataField<int>("text");
        Write(folder["a.parquet"], new ParquetSchema(numbers), group => group.WriteAsync<int>(numbers, new[] { 1, 2 }));

        Assert.Contains("column 'text' is not text",
            Assert.Throws<PeftException>(() => { TrainingData.FromFile(folder["a.parquet"], new Letters(), 10, 1); }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(40)]
    [InlineData(-1)]
    public void FromFile_CutShort_IsOneErrorThatNamesTheFile(int length)
    {
        using var folder = new TemporaryFolder();
        Write(folder["a.parquet"], new ParquetSchema(Text), Strings(Text, "ab", "cd"));
        byte[] whole = File.ReadAllBytes(folder["a.parquet"]);
        File.WriteAllBytes(folder["a.parquet"], whole[..(length < 0 ? whole.Length + length : length)]);

        PeftException error = Assert.Throws<PeftException>(() => { TrainingData.FromFile(folder["a.parquet"], new Letters(), 10, 1); });

        Assert.Equal("PEFT601", error.Id);
        Assert.Contains("a.parquet' cannot be read", error.Message, StringComparison.Ordinal);
    }

    private static string Shown(TrainingRow row) => string.Join(",", row.Ids) + " / " + string.Join(",", row.Labels);

    private static ReadOnlyMemory<ReadOnlyMemory<char>> Memory(params string[] texts) => texts.Select(text => text.AsMemory()).ToArray();

    private static Func<ParquetRowGroupWriter, Task> Strings(DataField field, params string?[] texts) => group => group.WriteAsync(field, texts!);

    internal static void Write(string path, ParquetSchema schema, params Func<ParquetRowGroupWriter, Task>[] groups) => WriteAsync(path, schema, groups).GetAwaiter().GetResult();

    private static async Task WriteAsync(string path, ParquetSchema schema, Func<ParquetRowGroupWriter, Task>[] groups)
    {
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
        foreach (Func<ParquetRowGroupWriter, Task> write in groups)
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await write(group);
            group.CompleteValidate();
        }
    }
}
