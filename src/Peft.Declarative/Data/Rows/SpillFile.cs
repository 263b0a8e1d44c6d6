using Microsoft.Win32.SafeHandles;

namespace Peft.Declarative.Data.Rows;

/// <summary>A temporary file that is deleted when the process ends, or earlier when nothing refers to it.</summary>
internal sealed class SpillFile : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _buffered;
    private long _written;

    /// <exception cref="PeftException">PEFT601: there is no space for temporary files.</exception>
    internal SpillFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"peft-rows-{Guid.NewGuid():N}.bin");
        _handle = DataErrors.GuardSpill(() =>
            File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose | FileOptions.RandomAccess));
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);   // the open file exists without a name, so a killed process leaves nothing behind
        }
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int taken = Math.Min(bytes.Length, BufferSize - _buffered);
            bytes[..taken].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += taken;
            bytes = bytes[taken..];
            if (_buffered == BufferSize)
            {
                Flush();
            }
        }
    }

    internal void Flush()
    {
        DataErrors.GuardSpill(() =>
        {
            RandomAccess.Write(_handle, _buffer.AsSpan(0, _buffered), _written);
            return _handle;
        });
        _written += _buffered;
        _buffered = 0;
    }

    /// <summary>Fills a span. Several threads can call it at the same time after <see cref="Flush"/>.</summary>
    internal void Read(long offset, Span<byte> into)
    {
        while (into.Length > 0)
        {
            int read = RandomAccess.Read(_handle, into, offset);
            if (read == 0)
            {
                throw DataErrors.SpillLost();
            }

            into = into[read..];
            offset += read;
        }
    }

    public void Dispose() => _handle.Dispose();
}
