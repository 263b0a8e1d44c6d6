using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Peft.Declarative.Native;

/// <summary>Loads TorchSharp's native library, even if the system's C++ library is older than the version it requires.</summary>
internal static partial class GlueLoader
{
    // This version contains only std::ios_base_library_init(), an anchor that newer compilers emit for <iostream>. The library has no relocation
    // that refers to it, so a weak requirement is sufficient and safe.
    private const string UnneededVersion = "GLIBCXX_3.4.32";

    internal static PeftException? Load(string path)
    {
        if (NativeFolders.TryLoad(path, out string reason))
        {
            return null;
        }

        if (!OperatingSystem.IsLinux() || !reason.Contains(UnneededVersion, StringComparison.Ordinal))
        {
            return NativeFailure.Unloadable(path, reason);
        }

        byte[] image = File.ReadAllBytes(path);
        if (!ElfVersionNeeds.Weaken(image, UnneededVersion))
        {
            return NativeFailure.Unloadable(path, reason);
        }

        // RUNPATH ($ORIGIN) finds nothing there, but the libraries that it needs are already in the process.
        return TryLoadFromMemory(Path.GetFileName(path), image) || TryLoadFromTemporaryFolder(Path.GetFileName(path), image, out reason)
            ? null
            : NativeFailure.Unloadable(path, reason);
    }

    // A file that is in no folder, because the temporary one may be missing, full, read-only, or closed to programs.
    private static bool TryLoadFromMemory(string name, byte[] image)
    {
        try
        {
            int descriptor = MemFdCreate(name, 0);
            if (descriptor < 0)
            {
                return false;
            }

            using var file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
            file.Write(image);
            return NativeFolders.TryLoad(FormattableString.Invariant($"/proc/self/fd/{descriptor}"), out _);
        }
        catch (Exception error) when (error is EntryPointNotFoundException or IOException)
        {
            return false;   // an old C library, or no memory for it
        }
    }

    private static bool TryLoadFromTemporaryFolder(string name, byte[] image, out string reason)
    {
        try
        {
            string folder = Directory.CreateTempSubdirectory("peft-glue-").FullName;
            try
            {
                string repaired = Path.Combine(folder, name);
                File.WriteAllBytes(repaired, image);
                return NativeFolders.TryLoad(repaired, out reason);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);   // a mapped file stays valid after it is deleted
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            reason = $"{error.Message.TrimEnd('.')}; set TMPDIR to a folder that can be written to";
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemFdCreate(string name, uint flags);
}
