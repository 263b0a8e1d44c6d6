namespace Peft.Declarative.Native;

/// <summary>Loads TorchSharp's native library, even if the system's C++ library is older than the version it requires.</summary>
internal static class GlueLoader
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

        // RUNPATH ($ORIGIN) finds nothing for a copy, but the libraries that it needs are already in the process.
        if (MemoryFile.TryLoad(Path.GetFileName(path), image))
        {
            return null;
        }

        try
        {
            return LoadCopy(path, image);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return NativeFailure.NoFolder(path, Path.GetTempPath(), error);
        }
    }

    private static PeftException? LoadCopy(string path, byte[] image)
    {
        string folder = Directory.CreateTempSubdirectory("peft-glue-").FullName;
        try
        {
            string repaired = Path.Combine(folder, Path.GetFileName(path));
            File.WriteAllBytes(repaired, image);
            return NativeFolders.TryLoad(repaired, out string reason) ? null : NativeFailure.Unloadable(path, reason);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);   // a mapped file stays valid after it is deleted
        }
    }
}
