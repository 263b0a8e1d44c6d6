using System.Runtime.InteropServices;
using TorchSharp;

namespace Peft.Declarative.Native;

/// <summary>The folders that are searched for native libraries.</summary>
internal static class NativeFolders
{
    // The order matters: a library is resolved against the ones that are already loaded. The files with 'cuda' in their names exist only in CUDA builds.
    private static readonly string[] Names = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    /// <summary>The folders in search order. A folder that <see cref="NativeStartup.FolderVariable"/> names replaces all others.</summary>
    internal static IReadOnlyList<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(NativeStartup.FolderVariable) is { Length: > 0 } named)
        {
            return [Path.GetFullPath(named)];
        }

        List<string> folders = [];
        if (AppContext.GetData(NativeStartup.FolderOption) is string fromBuild)
        {
            folders.Add(fromBuild);
        }

        folders.AddRange(OwnFolders());
        return folders;
    }

    /// <summary>The first folder that contains libtorch's core library, or <see langword="null"/>.</summary>
    internal static string? Find(string coreLibrary) =>
        Candidates().FirstOrDefault(folder => File.Exists(Path.Combine(folder, coreLibrary)));

    /// <summary>The path of TorchSharp's native library, which is deployed with the program and never with the libtorch that PEFT_LIBTORCH names.</summary>
    internal static string? FindGlue(string glue) =>
        OwnFolders().Select(folder => Path.Combine(folder, glue)).FirstOrDefault(File.Exists);

    /// <summary>The libtorch libraries that a folder contains, in load order.</summary>
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
            // .NET's first line repeats the path and suggests strace. The message of the system's loader follows.
            string[] lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            reason = lines.Length > 1 ? string.Join("; ", lines.Skip(1).Distinct()) : lines[0];
            return false;
        }
    }

    /// <summary>Loads libtorch on Windows. TorchSharp's own loader then finds the rest, because Windows resolves dependencies by folder.</summary>
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

        // When a program runs without being published, the host lists the folders of the package cache here.
        string search = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        foreach (string folder in search.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            yield return folder;
        }
    }
}
