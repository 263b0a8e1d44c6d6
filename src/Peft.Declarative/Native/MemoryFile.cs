using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Peft.Declarative.Native;

/// <summary>Loads a library from a file that exists in memory only, on Linux. It needs no folder that can be written to.</summary>
internal static partial class MemoryFile
{
    private const uint CloseOnExec = 1;

    /// <summary>Loads an image. The file is gone when this method returns; the loaded library is not.</summary>
    /// <returns><see langword="false"/> if the system has no such files or does not load libraries from them.</returns>
    internal static bool TryLoad(string name, byte[] image)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            int descriptor = Create(name, CloseOnExec);
            if (descriptor < 0)
            {
                return false;
            }

            using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
            RandomAccess.Write(handle, image, fileOffset: 0);
            return NativeFolders.TryLoad($"/proc/self/fd/{descriptor}", out _);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or EntryPointNotFoundException or NotSupportedException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Create(string name, uint flags);
}
