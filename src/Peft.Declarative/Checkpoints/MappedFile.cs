using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Checkpoints;

/// <summary>
/// A file that is mapped into memory as a whole. What is written to the memory belongs to this process and does not change the file. The memory stays
/// mapped until this object and every view of it are freed.
/// </summary>
/// <remarks>If another program shortens the file in place, the system ends the process at the next access to the lost part. To replace a file in use, write a new one and rename it.</remarks>
internal sealed unsafe class MappedFile : IDisposable
{
    private const int DontNeed = 4;

    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private int _references = 1;

    private MappedFile(FileStream stream)
    {
        Length = stream.Length;
        if (Length == 0)
        {
            return;   // the system cannot map an empty file
        }

        if (OperatingSystem.IsWindows())
        {
            _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
            _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite);
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            Start = start + _view.PointerOffset;
            return;
        }

        // .NET's mapping keeps the file open, of which a process may have few, and reserves memory for every page that could be written, which the system
        // refuses for models larger than its memory.
        const int ReadAndWrite = 3, Private = 2;
        int noReserve = OperatingSystem.IsMacOS() ? 0x40 : 0x4000;
        nint mapped = MapMemory(null, (nuint)Length, ReadAndWrite, Private | noReserve, stream.SafeFileHandle, 0);
        Start = mapped != -1 ? (byte*)mapped : throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
    }

    /// <summary>The path of the file.</summary>
    internal required string Path { get; init; }

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
            return new MappedFile(stream) { Path = path };
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
        Release();
    }

    /// <summary>Keeps the memory mapped until <see cref="Release"/>.</summary>
    internal void Retain() => Interlocked.Increment(ref _references);

    /// <summary>Ends the use of the memory by this object or by a view.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            if (_view is not null)
            {
                _view.SafeMemoryMappedViewHandle.ReleasePointer();
                _view.Dispose();
                _map!.Dispose();
            }
            else if (Start is not null)
            {
                _ = UnmapMemory(Start, (nuint)Length);
            }
        }
    }

    /// <summary>Releases the pages that lie within a range of the mapped memory, which is not read again.</summary>
    internal void ReleasePages(void* start, long length)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint begin = ((nuint)start + page - 1) / page * page;
        nuint end = ((nuint)start + (nuint)length) / page * page;
        if (!IsDisposed && OperatingSystem.IsLinux() && begin < end && begin >= (nuint)Start && end <= (nuint)Start + (nuint)Length)
        {
            _ = Advise((void*)begin, end - begin, DontNeed);
        }
    }

    /// <summary>Determines whether an address lies within the mapped memory.</summary>
    internal bool Contains(void* address) => (nuint)address >= (nuint)Start && (nuint)address < (nuint)Start + (nuint)Length;

    /// <summary>Checks that the file still has the length with which it was mapped.</summary>
    /// <exception cref="PeftException">PEFT503: it was shortened.</exception>
    internal void CheckLength()
    {
        if (new FileInfo(Path) is { Exists: true } now && now.Length < Length)
        {
            throw new PeftException(RuleIds.ModelUnreadable, $"'{Path}' was shortened from {RuleTexts.Count(Length)} to {RuleTexts.Count(now.Length)} bytes while it was read. "
                + "Let the program that writes it finish, or copy the model again, and load it then.");
        }
    }

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static extern nint MapMemory(void* address, nuint length, int protection, int flags, SafeFileHandle file, nint offset);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int UnmapMemory(void* address, nuint length);

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(void* address, nuint length, int advice);
}
