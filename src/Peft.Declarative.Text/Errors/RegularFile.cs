using System.Runtime.InteropServices;

namespace Peft.Declarative.Text.Errors;

/// <summary>
/// Opens files that are files. Opening a pipe waits for a writer, and a device such as /dev/zero never ends, so their kind is asked for before they are opened.
/// </summary>
internal static class RegularFile
{
    private const int KindMask = 0xF000;
    private const int Regular = 0x8000;

    private static readonly Dictionary<int, string> Kinds = new()
    {
        [0x1000] = "a pipe",
        [0x2000] = "a device",
        [0x4000] = "a directory",
        [0x6000] = "a device",
        [0xC000] = "a socket",
    };

    /// <summary>Opens a file to read its content, which a pointer of git-lfs does not contain.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="bufferSize">Bytes that are read ahead; 1 or 0 for none.</param>
    /// <exception cref="IOException">The path is a pipe, a device, a directory, a socket or a pointer, or cannot be opened.</exception>
    internal static FileStream Open(string path, int bufferSize = 1)
    {
        FileStream file = OpenAsIs(path, bufferSize);
        try
        {
            LfsPointer.Refuse(file);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file whose bytes are only copied or hashed.</summary>
    /// <inheritdoc cref="Open"/>
    internal static FileStream OpenAsIs(string path, int bufferSize = 1)
    {
        Require(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize);
    }

    /// <exception cref="IOException">The path exists and is no file; the message says what it is.</exception>
    internal static void Require(string path)
    {
        if (Problem(path) is { } problem)
        {
            throw new IOException(problem);
        }
    }

    /// <summary>Whether the path is a file, or a link to one.</summary>
    internal static bool Is(string path) => File.Exists(path) && Problem(path) is null;

    private static string? Problem(string path)
    {
        if (Directory.Exists(path))
        {
            return "it is a directory, not a file";
        }

        int? mode = OperatingSystem.IsLinux() ? LinuxMode(path) : OperatingSystem.IsMacOS() ? MacMode(path) : null;
        return mode is { } known && (known & KindMask) != Regular
            ? $"it is {Kinds.GetValueOrDefault(known & KindMask, "something else")}, not a file; copy its content to a file first"
            : null;
    }

    // struct statx, the same on every processor: the mode is at byte 28.
    private static int? LinuxMode(string path)
    {
        const int WorkingDirectory = -100;
        const uint Type = 1;
        var status = new byte[256];
        try
        {
            return Statx(WorkingDirectory, path, 0, Type, status) == 0 ? BitConverter.ToUInt16(status, 28) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;   // a C library from before 2018; opening then decides
        }
    }

    // struct stat with 64-bit inodes: the mode is at byte 4.
    private static int? MacMode(string path)
    {
        var status = new byte[256];
        int failed = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Stat(path, status) : Stat64(path, status);
        return failed == 0 ? BitConverter.ToUInt16(status, 4) : null;
    }

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Statx(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);

    [DllImport("libc", EntryPoint = "stat")]
    private static extern int Stat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [Out] byte[] status);

    [DllImport("libc", EntryPoint = "stat$INODE64")]
    private static extern int Stat64([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [Out] byte[] status);
}
