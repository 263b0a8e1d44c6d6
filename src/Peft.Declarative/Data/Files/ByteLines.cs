using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Files;

/// <summary>Reads the lines of a file as bytes, without keeping more of it in memory than the longest line.</summary>
internal static class ByteLines
{
    /// <summary>The maximum length of a line. No text of a row has 64 MiB, and a file without line ends would fill the memory.</summary>
    internal const int LongestLine = 1 << 26;

    // Not a plain null, which would be converted to an empty memory.
    private static readonly ReadOnlyMemory<byte>? TooLong = null;

    private const int FirstBuffer = 1 << 16;

    /// <summary>Gets the lines without their ends and without a byte order mark; <see langword="null"/> for a line that is too long.</summary>
    /// <remarks>The memory is valid until the next line is read.</remarks>
    internal static IEnumerable<ReadOnlyMemory<byte>?> Of(string path, int longest = LongestLine)
    {
        using FileStream file = DataErrors.Guard(path, () => RegularFile.Open(path, bufferSize: 0));
        byte[] buffer = new byte[FirstBuffer];
        int start = 0;
        int end = 0;
        bool tooLong = false;
        bool atFileStart = true;
        while (true)
        {
            int length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return tooLong ? TooLong : Trimmed(buffer.AsMemory(start, length), atFileStart);
                start += length + 1;
                (tooLong, atFileStart) = (false, false);
                continue;
            }

            if (end - start >= longest)
            {
                tooLong = true;
                start = end;
            }

            if (start > 0)
            {
                Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
                (start, end) = (0, end - start);
            }
            else if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            int read = DataErrors.Guard(path, () => file.Read(buffer, end, buffer.Length - end));
            if (read == 0)
            {
                break;
            }

            end += read;
        }

        if (end > start || tooLong)
        {
            yield return tooLong ? TooLong : Trimmed(buffer.AsMemory(start, end - start), atFileStart);
        }
    }

    private static ReadOnlyMemory<byte> Trimmed(ReadOnlyMemory<byte> line, bool atFileStart)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        line = atFileStart && line.Span.StartsWith(mark) ? line[3..] : line;
        return line.Span.EndsWith("\r"u8) ? line[..^1] : line;
    }
}
