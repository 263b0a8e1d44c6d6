using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>A file that is mapped into memory as a whole, read-only, until this object is disposed.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;

    private MappedFile(FileStream stream)
    {
        Length = stream.Length;
        if (Length == 0)
        {
            return;   // the system cannot map an empty file
        }

        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start + _view.PointerOffset;
    }

    /// <summary>The length of the file in bytes.</summary>
    internal long Length { get; }

    /// <summary>The address of the first byte; <see langword="null"/> for an empty file.</summary>
    internal byte* Start { get; }

    internal bool IsDisposed { get; private set; }

    internal static MappedFile Open(string path)
    {
        try
        {
            RegularFile.Require(path);

            // FileShare.Delete allows another process to rename a newer file to this path while this one is in use.
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            return new MappedFile(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Unreadable(path, error, RuleIds.ModelUnreadable);
        }
    }

    /// <summary>
    /// Tells the system that the process does not need the mapped pages for now. They no longer count as memory of the process; when they are read
    /// again, the system reloads them from its cache or from the file. Has an effect on Linux only.
    /// </summary>
    internal void ReleasePages()
    {
        const int DontNeed = 4;
        if (Start is not null && !IsDisposed && OperatingSystem.IsLinux())
        {
            _ = Advise(Start, (nuint)Length, DontNeed);
        }
    }

    public void Dispose()
    {
        if (IsDisposed)
        {
            return;
        }

        IsDisposed = true;
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _map?.Dispose();
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(void* address, nuint length, int advice);
}
