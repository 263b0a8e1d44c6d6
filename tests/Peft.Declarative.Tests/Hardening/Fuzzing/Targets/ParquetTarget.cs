using Parquet;
using Parquet.Schema;
using Peft.Declarative.Data.Parquet;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>A Parquet file of texts.</summary>
internal sealed class ParquetTarget : FuzzTarget
{
    internal ParquetTarget() => Seeds = [Texts()];

    internal override string Name => "parquet";

    internal override IReadOnlyList<byte[]> Seeds { get; }

    internal override IReadOnlyList<string> Words { get; } = ["PAR1", "text", "schema"];

    // Parquet.Net takes the sizes of pages, which are up to 2 GiB each, on trust. The memory is gone with the error.
    internal override long AllocationLimit(int length) => 5L << 30;

    internal override void Read(byte[] input)
    {
        string path = Path.Combine(Folder, "rows.parquet");
        File.WriteAllBytes(path, input);
        Assert.All(ParquetRows.Read(path).Take(1000), row => Assert.True(row.Row is null == row.Problem.Length > 0));
    }

    private byte[] Texts()
    {
        var text = new DataField<string>("text");
        using var stream = new MemoryStream();
        WriteAsync(text, stream).GetAwaiter().GetResult();
        return stream.ToArray();
    }

    private static async Task WriteAsync(DataField<string> text, MemoryStream stream)
    {
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(text), stream);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        await group.WriteAsync(text, ["Once upon a time", "there was a girl", "é"]);
        group.CompleteValidate();
    }
}
