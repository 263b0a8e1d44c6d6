using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Peft.Declarative.Native;

/// <summary>
/// Runs work of this library on the threads that libtorch computes on. They wait actively for a moment after each operator, so they begin at once; threads of
/// .NET's pool would have to be woken, and would compete with them for the cores.
/// </summary>
internal static unsafe class OpenMpTeam
{
    // GOMP_parallel(function, data, threads, flags), the entry point that gcc compiles a parallel region to; null where another runtime than libgomp is in use.
    private static delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<IntPtr, void>, IntPtr, uint, uint, void> _parallel;

    /// <summary>Whether the threads can be used.</summary>
    internal static bool IsAvailable => _parallel != null;

    /// <summary>Looks for the entry point in what libtorch needs: on Linux only, because LLVM's and Intel's runtimes, which others use, were not tried.</summary>
    internal static void Find()
    {
        if (OperatingSystem.IsLinux()
            && NativeLibrary.TryLoad("torch_cpu", typeof(TorchSharp.torch).Assembly, null, out IntPtr core)
            && NativeLibrary.TryGetExport(core, "GOMP_parallel", out IntPtr parallel))
        {
            _parallel = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<IntPtr, void>, IntPtr, uint, uint, void>)parallel;
        }
    }

    /// <summary>Has the calling thread and others take parts until none is left.</summary>
    internal static void Run(SharedParts parts, int threads)
    {
        GCHandle handle = GCHandle.Alloc(parts);
        try
        {
            _parallel(&TakeParts, GCHandle.ToIntPtr(handle), (uint)threads, 0);
        }
        finally
        {
            handle.Free();
        }
    }

    // It must not throw: above it on the stack there is native code only.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void TakeParts(IntPtr handle) => ((SharedParts)GCHandle.FromIntPtr(handle).Target!).Take();
}
