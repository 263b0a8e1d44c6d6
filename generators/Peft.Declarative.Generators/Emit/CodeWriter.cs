using System.Text;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes indented lines, always with <c>\n</c>, so that the same declaration gives the same bytes on every machine.</summary>
/// <param name="depth">The indentation of the first line.</param>
internal sealed class CodeWriter(int depth = 0)
{
    private const int Width = 4;

    private readonly StringBuilder _text = new();
    private int _depth = depth;
    private bool _wantsBlank;
    private bool _isOpened = true;

    /// <summary>Writes one or several lines at the current depth.</summary>
    internal void Line(string lines)
    {
        if (_wantsBlank) _text.Append('\n');
        _wantsBlank = false;
        _isOpened = false;
        foreach (string line in lines.Replace("\r", "").Split('\n'))
        {
            if (line.Length > 0) _text.Append(' ', _depth * Width).Append(line);
            _text.Append('\n');
        }
    }

    /// <summary>Adds lines that were written separately, with their own indentation.</summary>
    internal void Append(CodeWriter other)
    {
        if (_wantsBlank) _text.Append('\n');
        _wantsBlank = false;
        _isOpened = false;
        _text.Append(other._text);
    }

    /// <summary>Requests an empty line before the next one. None is written at the beginning or end of a block.</summary>
    internal void Blank() => _wantsBlank = !_isOpened;

    /// <summary>Opens a block with a header. Disposing the result closes it.</summary>
    internal Block Open(string header, string closing = "}")
    {
        Line(header);
        Line("{");
        _depth++;
        _isOpened = true;
        return new Block(this, closing);
    }

    public override string ToString() => _text.ToString();

    private void Close(string closing)
    {
        _wantsBlank = false;
        _depth--;
        Line(closing);
    }

    internal readonly struct Block(CodeWriter writer, string closing) : IDisposable
    {
        public void Dispose() => writer.Close(closing);
    }
}
