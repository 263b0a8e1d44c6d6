using System.Runtime.InteropServices;
using TorchSharp;

namespace Peft.Declarative.Native;

/// <summary>Where native libraries may lie, nearest wish first.</summary>
internal static class NativeFolders
{
    // Load order matters: a library is resolved against those already in the process. CUDA builds add the last two.
    private static readonly string[] Names = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    internal static IReadOnlyList<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(NativeStartup.FolderVariable) is { Length: > 0 } wish)
        {
            return [Path.GetFullPath(wish)];
        }

        List<string> folders = [];
        if (AppContext.GetData(NativeStartup.FolderOption) is string fromBuild)
        {
            folders.Add(fromBuild);
        }

        folders.AddRange(OwnFolders());
        return folders;
    }

    /// <summary>The folder that holds libtorch's core library.</summary>
    internal static string? Find(string coreLibrary) =>
        Candidates().FirstOrDefault(folder => File.Exists(Path.Combine(folder, coreLibrary)));

    /// <summary>TorchSharp's glue comes with this program, never with the libtorch that PEFT_LIBTORCH names.</summary>
    internal static string? FindGlue(string glue) =>
        OwnFolders().Select(folder => Path.Combine(folder, glue)).FirstOrDefault(File.Exists);

    internal static IEnumerable<string> LibrariesIn(string folder)
    {
        string extension = OperatingSystem.IsMacOS() ? ".dylib" : ".so";
        return Names.Select(name => Path.Combine(folder, "lib" + name + extension)).Where(File.Exists);
    }

    internal static bool TryLoad(string path, out string reason)
    {
        try
        {
            NativeLibrary.Load(path);
            reason = "";
            return true;
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            // .NET's first line repeats the path and speaks of strace; what the system's loader said follows it.
            string[] lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            reason = lines.Length > 1 ? string.Join("; ", lines.Skip(1).Distinct()) : lines[0];
            return false;
        }
    }

    /// <summary>Windows resolves dependencies by folder, so TorchSharp's own loader does; only a named folder is loaded ahead of it.</summary>
    internal static PeftException? PreloadWindows()
    {
        if (Find("torch_cpu.dll") is not { } folder)
        {
            return NativeFailure.Missing("torch_cpu.dll", Candidates());
        }

        foreach (string name in Names)
        {
            string path = Path.Combine(folder, name + ".dll");
            if (File.Exists(path) && !TryLoad(path, out string reason))
            {
                return NativeFailure.Unloadable(path, reason);
            }
        }

        return null;
    }

    private static IEnumerable<string> OwnFolders()
    {
        string home = AppContext.BaseDirectory;
        yield return home;
        yield return Path.Combine(home, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        string portable = (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
            + "-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        yield return Path.Combine(home, "runtimes", portable, "native");
        if (Path.GetDirectoryName(typeof(torch).Assembly.Location) is { Length: > 0 } beside)
        {
            yield return beside;
        }

        // The host lists the package cache here when a program runs without having been published.
        string search = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        foreach (string folder in search.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            yield return folder;
        }
    }
}
