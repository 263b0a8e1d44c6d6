using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Peft.Declarative.Native;

/// <summary>
/// Loads libtorch and TorchSharp's glue once per process, before the first tensor, and explains itself when it cannot.
/// </summary>
/// <remarks>
/// TorchSharp finds libraries by name and answers a failure with a page of probing paths. Loading them by full path first
/// redirects it, because the system's loader returns a library that is already loaded under the same name.
/// </remarks>
public static class NativeStartup
{
    /// <summary>Environment variable that names a folder with libtorch (or PyTorch's <c>torch/lib</c>) to use.</summary>
    public const string FolderVariable = "PEFT_LIBTORCH";

    /// <summary>Key in runtimeconfig.json for the folder that the build found libtorch in.</summary>
    public const string FolderOption = "Peft.Declarative.LibtorchFolder";

    private static readonly Lazy<PeftException?> Failure = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Loads the native libraries if that has not happened yet.</summary>
    /// <exception cref="PeftException">PEFT902: a library cannot be loaded; says which file, what it lacks, what to do.</exception>
    public static void EnsureLoaded()
    {
        if (Failure.Value is { } failure)
        {
            throw failure;
        }
    }

    // A module initialiser must not throw: it would surface as a TypeInitializationException far from its reason.
    // The failure is kept and thrown by EnsureLoaded, which every entry point of the runtime calls.
#pragma warning disable CA2255 // Not application code, but the start-up has to precede TorchSharp's own static constructor.
    [ModuleInitializer]
    internal static void Initialize() => _ = Failure.Value;
#pragma warning restore CA2255

    private static PeftException? Load()
    {
        NativeEnvironment.SetPassiveOpenMpWaiting();
        if (OperatingSystem.IsWindows())
        {
            return NativeFolders.PreloadWindows();
        }

        string core = OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
        string glue = OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";
        string? folder = NativeFolders.Find(core);
        if (folder is null)
        {
            return NativeFailure.Missing(core, NativeFolders.Candidates());
        }

        foreach (string library in NativeFolders.LibrariesIn(folder))
        {
            if (!NativeFolders.TryLoad(library, out string reason))
            {
                return NativeFailure.Unloadable(library, reason);
            }
        }

        string? gluePath = NativeFolders.FindGlue(glue);
        return gluePath is null ? NativeFailure.Missing(glue, NativeFolders.Candidates()) : GlueLoader.Load(gluePath);
    }
}
