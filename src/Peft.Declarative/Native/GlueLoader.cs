namespace Peft.Declarative.Native;

/// <summary>Loads TorchSharp's glue library, also on machines whose C++ library is older than it asks for.</summary>
internal static class GlueLoader
{
    // The version stands for std::ios_base_library_init(), an anchor that newer compilers emit with <iostream>. Nothing in the
    // library refers to it (no relocation), so marking the requirement weak is enough and harmless.
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

        // Its RUNPATH ($ORIGIN) finds nothing here; the libraries it needs are already in the process.
        string folder = Directory.CreateTempSubdirectory("peft-glue-").FullName;
        try
        {
            string repaired = Path.Combine(folder, Path.GetFileName(path));
            File.WriteAllBytes(repaired, image);
            return NativeFolders.TryLoad(repaired, out reason) ? null : NativeFailure.Unloadable(path, reason);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);   // a mapped file outlives its name
        }
    }
}
