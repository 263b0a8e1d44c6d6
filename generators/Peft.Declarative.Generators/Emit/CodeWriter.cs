using System.Text;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes indented lines, always with <c>\n</c>, so that the same declaration gives the same bytes on every machine.</summary>
/// <param name="depth">How deep the first line stands.</param>
internal sealed class CodeWriter(int depth = 0)
{
    private const int Width = 4;

    private readonly StringBuilder text = new();
    private int depth = depth;
    private bool wantsBlank;
    private bool isOpened = true;

    /// <summary>Writes one or several lines at the present depth.</summary>
    internal void Line(string lines)
    {
        if (wantsBlank) text.Append('\n');
        wantsBlank = false;
        isOpened = false;
        foreach (string line in lines.Replace("\r", "").Split('\n'))
        {
            if (line.Length > 0) text.Append(' ', depth * Width).Append(line);
            text.Append('\n');
        }
    }

    /// <summary>Adds what was written apart, at its own depth.</summary>
    internal void Append(CodeWriter other)
    {
        if (wantsBlank) text.Append('\n');
        wantsBlank = false;
        isOpened = false;
        text.Append(other.text);
    }

    /// <summary>Asks for an empty line before the next one; none is written at the beginning or end of a block.</summary>
    internal void Blank() => wantsBlank = !isOpened;

    /// <summary>Opens a block under a header; disposing the result closes it.</summary>
    internal Block Open(string header, string closing = "}")
    {
        Line(header);
        Line("{");
        depth++;
        isOpened = true;
        return new Block(this, closing);
    }

    public override string ToString() => text.ToString();

    private void Close(string closing)
    {
        wantsBlank = false;
        depth--;
        Line(closing);
    }

    internal readonly struct Block(CodeWriter writer, string closing) : IDisposable
    {
        public void Dispose() => writer.Close(closing);
    }
}
