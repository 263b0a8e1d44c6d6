using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Peft.Declarative.Native.Heap;
using TorchSharp;

namespace Peft.Declarative.Native;

/// <summary>
/// Loads libtorch and TorchSharp's native library once per process, before the first tensor is created.
/// </summary>
/// <remarks>
/// TorchSharp loads libraries by name and reports a failure as a long list of probing paths. This class loads them by full path first. TorchSharp
/// then uses them, because the system's loader returns a library that is already loaded under the same name.
/// </remarks>
public static class NativeStartup
{
    /// <summary>
    /// The name of the environment variable for a folder that contains libtorch, such as PyTorch's <c>torch/lib</c>. If it is set, no other folder is searched.
    /// </summary>
    public const string FolderVariable = "PEFT_LIBTORCH";

    /// <summary>The key in runtimeconfig.json for the folder in which the build found libtorch.</summary>
    public const string FolderOption = "Peft.Declarative.LibtorchFolder";

    private static readonly Lazy<PeftException?> Failure = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Loads the native libraries if they are not loaded yet.</summary>
    /// <exception cref="PeftException">
    /// PEFT902: a library is missing or cannot be loaded; the message names the file and the remedy. PEFT904: the system allows the process too few open files.
    /// </exception>
    public static void EnsureLoaded()
    {
        if (Failure.Value is { } failure)
        {
            throw failure;
        }
    }

    // A module initializer must not throw: the exception would surface as a TypeInitializationException far from its cause.
    // EnsureLoaded throws the stored failure instead; every entry point of the runtime calls it.
#pragma warning disable CA2255 // A library should not have one, but this code must run before TorchSharp's static constructor.
    [ModuleInitializer]
    internal static void Initialize() => _ = Failure.Value;
#pragma warning restore CA2255

    private static PeftException? Load()
    {
        OpenMpWaiting.Set();
        HeapSettings.KeepFreedMemory();
        PeftException? failure = LoadLibraries();
        if (failure is null)
        {
            if (!HeapSettings.AreChosen)
            {
                TensorHeap.Install();
            }

            OpenMpThreads.Begin();
            OpenMpTeam.Find();
        }

        return failure;
    }

    private static PeftException? LoadLibraries()
    {
        if (OperatingSystem.IsWindows())
        {
            return NativeFolders.PreloadWindows();
        }

        if (OpenFiles.Check() is { } few)
        {
            return few;
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
