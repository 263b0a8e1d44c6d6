using Parquet;
using Parquet.Schema;
using Peft.Declarative.Data.Files.Parquet;
using Peft.Declarative.Data.Rows;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>A Parquet file of texts.</summary>
internal sealed class ParquetTarget : FuzzTarget
{
    internal ParquetTarget() =>
        Seeds = [.. new[] { CompressionMethod.Snappy, CompressionMethod.Zstd, CompressionMethod.Gzip, CompressionMethod.None }.Select(Texts), Messages()];

    internal override string Name => "parquet";

    internal override IReadOnlyList<byte[]> Seeds { get; }

    internal override IReadOnlyList<string> Words { get; } = ["PAR1", "text", "messages", "role", "schema"];

    // Arrays for as many rows and values as any file may state, in columns of up to three kinds of level.
    internal override long AllocationLimit(int length) => (128L << 20) + (20_000L * length);

    internal override bool IsWellFormed(byte[] input)
    {
        try
        {
            ParquetSizes.Of(new MemoryStream(input));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    internal override void Read(byte[] input)
    {
        string path = Path.Combine(Folder, "rows.parquet");
        File.WriteAllBytes(path, input);
        foreach ((_, Func<RawRow> row) in ParquetRows.Read(path, TrainingRowKind.Text).Take(1000))
        {
            Exception? problem = Record.Exception(() => Assert.NotNull(row()));
            Assert.True(problem is null or FormatException { Message.Length: > 0 }, problem?.ToString());
        }
    }

    private static byte[] Texts(CompressionMethod packing)
    {
        var text = new DataField<string>("text");
        return Written(new ParquetSchema(text), packing, group => group.WriteAsync(text, ["Once upon a time", "there was a girl", "é"]));
    }

    private static byte[] Messages()
    {
        var role = new DataField<string>("role");
        var content = new DataField<string>("content");
        int[] present = [4, 4, 4];
        int[] continues = [0, 1, 0];
        return Written(new ParquetSchema(new ListField("messages", new StructField("element", role, content))), CompressionMethod.Snappy, async group =>
        {
            await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(role, Memory("user", "assistant", "user"), present, continues, default);
            await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(content, Memory("hi", "the park", "a"), present, continues, default);
        });
    }

    private static ReadOnlyMemory<ReadOnlyMemory<char>> Memory(params string[] texts) => texts.Select(text => text.AsMemory()).ToArray();

    private static byte[] Written(ParquetSchema schema, CompressionMethod packing, Func<ParquetRowGroupWriter, Task> write)
    {
        using var stream = new MemoryStream();
        WriteAsync(schema, packing, stream, write).GetAwaiter().GetResult();
        return stream.ToArray();
    }

    private static async Task WriteAsync(ParquetSchema schema, CompressionMethod packing, MemoryStream stream, Func<ParquetRowGroupWriter, Task> write)
    {
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream, new ParquetOptions { CompressionMethod = packing });
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        await write(group);
        group.CompleteValidate();
    }
}
