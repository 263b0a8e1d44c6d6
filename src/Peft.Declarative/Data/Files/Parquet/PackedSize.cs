using System.Buffers.Binary;

namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>Reads the uncompressed size in compressed data. The decompression libraries trust it, regardless of the page header.</summary>
internal static class PackedSize
{
    /// <summary>The number of bytes at the beginning of compressed data that contain the size.</summary>
    internal const int HeadLength = 18;

    private const long Snappy = 1;
    private const long Zstandard = 6;
    private const uint ZstandardMagic = 0xFD2FB528;

    /// <summary>Gets the size in the beginning of compressed data; 0 if the compression does not store it.</summary>
    /// <param name="codec">The number of the compression in Parquet's metadata.</param>
    /// <param name="head">The first bytes.</param>
    internal static long Of(long codec, ReadOnlySpan<byte> head) => codec switch
    {
        Snappy => OfSnappy(head),
        Zstandard => OfZstandard(head),
        _ => 0,
    };

    // Seven bits per byte, the low ones first, in at most five bytes.
    private static long OfSnappy(ReadOnlySpan<byte> head)
    {
        long size = 0;
        for (int i = 0; i < Math.Min(head.Length, 5); i++)
        {
            size |= (long)(head[i] & 0x7F) << (7 * i);
            if (head[i] < 0x80)
            {
                break;
            }
        }

        return size;
    }

    // RFC 8878, section 3.1.1.1: a byte of flags, then window and dictionary, if present, then the size in 0, 1, 2, 4 or 8 bytes.
    private static long OfZstandard(ReadOnlySpan<byte> head)
    {
        if (head.Length < HeadLength || BinaryPrimitives.ReadUInt32LittleEndian(head) != ZstandardMagic)
        {
            return 0;
        }

        byte flags = head[4];
        bool single = (flags & 0x20) != 0;
        int at = 5 + (single ? 0 : 1) + ((flags & 3) is 3 ? 4 : flags & 3);
        return (flags >> 6) switch
        {
            0 => single ? head[at] : 0,
            1 => 256 + BinaryPrimitives.ReadUInt16LittleEndian(head[at..]),
            2 => BinaryPrimitives.ReadUInt32LittleEndian(head[at..]),
            _ => (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(head[at..]), long.MaxValue),
        };
    }
}
