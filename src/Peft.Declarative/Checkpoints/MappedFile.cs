using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>A file mapped read-only as a whole, at one address for as long as this object lives.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? map;
    private readonly MemoryMappedViewAccessor? view;

    private MappedFile(FileStream stream)
    {
        Length = stream.Length;
        if (Length == 0)
        {
            return;   // the system maps no empty file
        }

        map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start + view.PointerOffset;
    }

    /// <summary>Bytes of the file.</summary>
    internal long Length { get; }

    /// <summary>Address of the first byte; null for an empty file.</summary>
    internal byte* Start { get; }

    internal bool IsDisposed { get; private set; }

    internal static MappedFile Open(string path)
    {
        try
        {
            // Sharing deletion lets a newer file take the name by a rename while this one is still in use.
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            return new MappedFile(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Unreadable(path, error, RuleIds.ModelUnreadable);
        }
    }

    /// <summary>
    /// Tells the system that this process does not need the pages for now: they stop counting as its memory, and come back from the system's cache,
    /// or the file, when they are read again. A hint; where the system takes none, nothing happens.
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
        view?.SafeMemoryMappedViewHandle.ReleasePointer();
        view?.Dispose();
        map?.Dispose();
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(void* address, nuint length, int advice);
}
