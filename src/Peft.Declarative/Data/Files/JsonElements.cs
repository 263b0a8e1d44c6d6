using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Files;

/// <summary>
/// Reads the elements of a JSON array as bytes, without keeping more of the file in memory than the longest element. Only brackets and strings are
/// parsed; the reader of an element checks the rest.
/// </summary>
internal sealed class JsonElements : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly Func<int> _read;
    private readonly MemoryStream _element = new();
    private readonly int _longest;
    private int _line = 1;
    private bool _tooLong;

    private JsonElements(string path, int longest)
    {
        (_path, _longest) = (path, longest);
        _file = DataErrors.Guard(path, () => RegularFile.Open(path, 1 << 16));
        _read = _file.ReadByte;
    }

    /// <summary>Determines whether a file is an array of objects: its first characters are '[' and '{', or '[' and ']'.</summary>
    internal static bool IsArray(string path)
    {
        using var elements = new JsonElements(path, 0);
        return elements.Sign() == '[' && elements.Sign() is '{' or ']';
    }

    /// <summary>Gets the elements and the lines where they begin; <see langword="null"/> for an element that is too long.</summary>
    /// <remarks>The memory is valid until the next element is read.</remarks>
    /// <exception cref="PeftException">PEFT601: the array does not end, or there is more after it.</exception>
    internal static IEnumerable<(int Line, ReadOnlyMemory<byte>? Element)> Of(string path, int longest = ByteLines.LongestLine)
    {
        using var elements = new JsonElements(path, longest);
        elements.Sign();   // '['
        while (true)
        {
            int first = elements.Sign();
            int line = elements._line;
            int after = elements.Take(first);
            if (after == ',' || elements._element.Length > 0)
            {
                yield return (line, elements._tooLong ? null : elements._element.GetBuffer().AsMemory(0, (int)elements._element.Length));
            }

            if (after != ',')
            {
                break;
            }
        }

        if (elements.Sign() >= 0)
        {
            throw DataErrors.Unreadable(path, new IOException($"line {elements._line}: there is more after the ']' that ends the array"));
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _element.Dispose();
    }

    // Reads an element from its first character, and returns the comma or bracket after it.
    private int Take(int sign)
    {
        _element.SetLength(0);
        _tooLong = false;
        int depth = 0;
        bool inText = false;
        bool escaped = false;
        for (; sign >= 0; sign = Read())
        {
            if (inText)
            {
                (inText, escaped) = (escaped || sign != '"', !escaped && sign == '\\');
            }
            else if (depth == 0 && (sign == ',' || sign == ']'))
            {
                return sign;
            }
            else
            {
                inText = sign == '"';
                depth += sign is '[' or '{' ? 1 : sign is ']' or '}' ? -1 : 0;
            }

            Keep(sign);
        }

        throw DataErrors.Unreadable(_path, new IOException($"line {_line}: the array does not end with ']'"));
    }

    private void Keep(int sign)
    {
        _tooLong |= _element.Length >= _longest;
        if (!_tooLong)
        {
            _element.WriteByte((byte)sign);
        }
    }

    // The next character that is not white space or part of a byte order mark.
    private int Sign()
    {
        int sign;
        do
        {
            sign = Read();
        }
        while (sign is ' ' or '\t' or '\r' or '\n' or 0xEF or 0xBB or 0xBF);
        return sign;
    }

    private int Read()
    {
        int sign = DataErrors.Guard(_path, _read);
        _line += sign == '\n' ? 1 : 0;
        return sign;
    }
}
