using System.Runtime.InteropServices;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Native;

/// <summary>Errors for native libraries that are missing or cannot be loaded.</summary>
internal static class NativeFailure
{
    internal const string Id = RuleIds.NativesMissing;

    internal static PeftException Missing(string library, IReadOnlyList<string> folders) => new(Id,
        $"The native library '{library}' was not found in {string.Join(", ", folders.Select(folder => $"'{folder}'"))}. "
        + $"Add the package '{PackageName()}' to the project that starts the program, or set {NativeStartup.FolderVariable} "
        + "to a folder that holds libtorch 2.10 (PyTorch's torch/lib is one).");

    internal static PeftException Unloadable(string path, string reason) => new(Id,
        $"The native library '{path}' cannot be loaded: {reason.TrimEnd('.')}. "
        + $"Install the missing component, or set {NativeStartup.FolderVariable} to a folder with a libtorch 2.10 built for this machine.");

    internal static PeftException NoFolder(string path, string folder, Exception error) => new(Id,
        $"The native library '{path}' needs a newer C++ library than this system has, and the copy that works without it cannot be written to '{folder}': "
        + $"{error.Message.TrimEnd('.')}. Set TMPDIR to a folder that exists, has 3 MB left and can be written to.", error);

    private static string PackageName()
    {
        string architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"libtorch-cpu-{system}-{architecture}";
    }
}
