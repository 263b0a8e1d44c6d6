using System.Buffers.Binary;
using System.Globalization;

namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>
/// Compares the sizes in a Parquet file with the file, before the library trusts them: a few damaged bytes could otherwise make it allocate arrays of
/// gigabytes, or loop over two billion entries that do not exist.
/// </summary>
/// <remarks>
/// This is needed with Parquet.Net 6.1.0. With a file of 379 bytes in which single numbers were replaced by 2³¹ − 1, it allocates 256 MiB for four of
/// them, fails with <see cref="OutOfMemoryException"/> under a limit of 3 GiB for two, and has not finished after four seconds for four more.
/// </remarks>
internal sealed class ParquetSizes
{
    /// <summary>
    /// The number of rows of a group, values of a column and bytes of a page that any file can have. Larger limits depend on the size of the file.
    /// </summary>
    private const long Harmless = 1 << 20;

    // A page with one repeated text is compressed about a thousandfold.
    private const long MostPacked = 4096;

    private const int ValuesPerByte = 8;
    private const int FooterEnd = 8;
    private const int LongestFooter = 1 << 28;
    private const int UsualPageHeader = 1 << 12;
    private const int LongestPageHeader = 1 << 20;
    private const int DeepestSchema = 32;

    private readonly Stream _file;
    private readonly IReadOnlyList<ThriftStruct> _groups;

    private ParquetSizes(Stream file)
    {
        _file = file;
        ThriftStruct footer = Footer(file);
        CheckSchema(footer.Structs(2));
        _groups = footer.Structs(4);
    }

    /// <summary>Checks the sizes of the whole file. The stream is then at its beginning.</summary>
    /// <exception cref="FormatException">A size is wrong. The message says which.</exception>
    internal static ParquetSizes Of(Stream file)
    {
        var sizes = new ParquetSizes(file);
        file.Position = 0;
        return sizes;
    }

    /// <summary>Checks a row group before it is read.</summary>
    /// <exception cref="FormatException">A size is wrong. The message says which.</exception>
    internal void Check(int group)
    {
        RequireAtMost(_groups[group].Number(3), Harmless + _file.Length, "rows");
        foreach (ThriftStruct column in _groups[group].Structs(1).SelectMany(chunk => chunk.Structs(3)))
        {
            CheckColumn(column);
        }
    }

    private static ThriftStruct Footer(Stream file)
    {
        if (file.Length < FooterEnd)
        {
            throw new FormatException("it is too short for a Parquet file");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(At(file, file.Length - FooterEnd, FooterEnd));
        if (length < 0 || length > Math.Min(file.Length - FooterEnd, LongestFooter))
        {
            throw new FormatException($"its footer would have {length} bytes");
        }

        return new ThriftReader(At(file, file.Length - FooterEnd - length, length)).Struct(ParquetShapes.Footer);
    }

    // The columns are a tree, written as a list in which each node contains the number of its children.
    private static void CheckSchema(IReadOnlyList<ThriftStruct> nodes)
    {
        Stack<long> open = [];
        foreach (ThriftStruct node in nodes)
        {
            while (open.TryPeek(out long left) && left == 0)
            {
                open.Pop();
            }

            if (open.TryPop(out long siblings))
            {
                open.Push(siblings - 1);
            }

            long children = node.Number(5) ?? 0;
            RequireAtMost(children, nodes.Count, "columns in one");
            open.Push(children);
            if (open.Count > DeepestSchema)
            {
                throw new FormatException("its columns are nested too deeply");
            }
        }

        if (nodes.Count == 0 || open.Any(left => left > 0))
        {
            throw new FormatException("its schema lacks columns");
        }
    }

    private void CheckColumn(ThriftStruct column)
    {
        long values = column.Number(5) ?? 0;
        RequireAtMost(values, MostValues, "values in a column");
        long dictionary = column.Number(11) ?? 0;
        long data = column.Number(9) ?? 0;
        long start = dictionary > 0 ? Math.Min(dictionary, data) : data;
        RequireAtMost(start, _file.Length, "bytes before a column");
        long end = start + RequireAtMost(column.Number(7), _file.Length - start, "bytes in a column");
        long found = 0;
        for (long at = start; found < values;)
        {
            (ThriftStruct page, int length) = Page(at, end);
            at += length;
            long packed = RequireAtMost(page.Number(3), end - at, "bytes in a page");
            long unpacked = Harmless + (MostPacked * packed);
            RequireAtMost(page.Number(2), unpacked, "unpacked bytes in a page");
            long levels = Math.Clamp(page.Structs(8).Sum(part => (part.Number(5) ?? 0) + (part.Number(6) ?? 0)), 0, packed);   // these are not compressed
            byte[] head = At(_file, at + levels, (int)Math.Min(packed - levels, PackedSize.HeadLength));
            RequireAtMost(PackedSize.Of(column.Number(4) ?? 0, head), unpacked, "unpacked bytes in a page");
            at += packed;
            found += Values(page);
        }
    }

    // A header does not contain its length; a few contain long texts for statistics.
    private (ThriftStruct Header, int Length) Page(long at, long end)
    {
        int usual = (int)Math.Min(end - at, UsualPageHeader);
        try
        {
            return Header(usual);
        }
        catch (FormatException) when (end - at > usual)
        {
            return Header((int)Math.Min(end - at, LongestPageHeader));
        }

        (ThriftStruct, int) Header(int bytes)
        {
            var reader = new ThriftReader(At(_file, at, bytes));
            return (reader.Struct(ParquetShapes.Page), reader.Position);
        }
    }

    // The values of a dictionary are not values of the column, but need memory too.
    private long Values(ThriftStruct page)
    {
        foreach (ThriftStruct dictionary in page.Structs(7))
        {
            RequireAtMost(dictionary.Number(1), MostValues, "values in a dictionary");
        }

        return page.Structs(5).Concat(page.Structs(8)).Sum(part => RequireAtMost(part.Number(1), MostValues, "values in a page"));
    }

    private long MostValues => Harmless + (ValuesPerByte * _file.Length);

    private static long RequireAtMost(long? stated, long most, string what) => stated is null or < 0 || stated > most
        ? throw new FormatException($"it has {stated?.ToString(CultureInfo.InvariantCulture) ?? "no number of"} {what}, which a file of its size cannot have")
        : stated.Value;

    private static byte[] At(Stream file, long position, int count)
    {
        byte[] bytes = new byte[count];
        file.Position = position;
        file.ReadExactly(bytes);
        return bytes;
    }
}
