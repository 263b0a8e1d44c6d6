using Parquet;
using Parquet.Schema;
using Peft.Declarative.Data.Files.Parquet;

namespace Peft.Declarative.Tests.Data.Files;

/// <summary>What a Parquet file states of its own sizes is held against the file, before the library that reads it believes it.</summary>
public sealed class ParquetSizesTests
{
    private const long Snappy = 1;
    private const long Zstandard = 6;

    [Theory]
    [InlineData("29 FC FF FF FF FF 07", "a length beyond its end")]    // a schema of 2^31 columns
    [InlineData("28 FF FF FF FF 07", "wrong kind")]                    // bytes where the schema should be a list
    [InlineData("25 02 00", "wrong kind")]
    [InlineData("29 18 01 41", "wrong kind")]                          // a schema of texts
    [InlineData("15 FF FF FF FF FF FF FF FF FF FF", "without end")]
    [InlineData("15", "a length beyond its end")]
    [InlineData("FF", "no known kind")]
    [InlineData("FC FC FC FC FC FC FC FC FC FC FC FC FC FC FC FC FC FC", "nested too deeply")]
    public void Struct_OfBytesThatAreNoFooter_SaysWhy(string bytes, string reason)
    {
        byte[] footer = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));

        FormatException error = Assert.Throws<FormatException>(() => { new ThriftReader(footer).Struct(ParquetShapes.Footer); });

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Snappy, "0A", 10)]
    [InlineData(Snappy, "FF FF FF FF 07", int.MaxValue)]
    [InlineData(Zstandard, "28 B5 2F FD 20 0A 00 00 00 00 00 00 00 00 00 00 00 00", 10)]                   // one segment, a byte of size
    [InlineData(Zstandard, "28 B5 2F FD 80 00 00 00 00 40 00 00 00 00 00 00 00 00", 1 << 30)]              // a window, four bytes
    [InlineData(Zstandard, "28 B5 2F FD E3 01 02 03 04 FF FF FF FF FF FF FF FF 00", long.MaxValue)]        // one segment, a dictionary, eight bytes
    [InlineData(2, "FF FF FF FF 07", 0)]
    public void Of_PackedData_IsTheSizeThatItStates(long codec, string head, long expected) =>
        Assert.Equal(expected, PackedSize.Of(codec, Convert.FromHexString(head.Replace(" ", "", StringComparison.Ordinal))));

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Zstd)]
    public void Read_WithAnyByteChanged_EndsInLittleMemory(CompressionMethod packing)
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Written(packing);
        byte[] values = [0x00, 0x0F, 0x7F, 0xFF];   // one for each byte, or the test takes a minute; the fuzzer tries the others
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] = values[(at + (int)packing) % values.Length];
            File.WriteAllBytes(folder["a.parquet"], damaged);
            long before = GC.GetAllocatedBytesForCurrentThread();

            Exception? error = Record.Exception(() => ParquetRows.Read(folder["a.parquet"], TrainingRowKind.Text).Count());

            Assert.True(error is null or PeftException, $"byte {at} as {damaged[at]}: {error}");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        }
    }

    private static byte[] Written(CompressionMethod packing)
    {
        using var stream = new MemoryStream();
        WriteAsync(stream, packing).GetAwaiter().GetResult();
        return stream.ToArray();
    }

    private static async Task WriteAsync(MemoryStream stream, CompressionMethod packing)
    {
        var text = new DataField<string>("text");
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(text), stream, new ParquetOptions { CompressionMethod = packing });
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        await group.WriteAsync(text, ["Once upon a time", "there was a girl"]);
        group.CompleteValidate();
    }
}
