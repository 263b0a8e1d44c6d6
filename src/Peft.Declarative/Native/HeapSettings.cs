using System.Runtime.InteropServices;
using Peft.Declarative.Native.Heap;

namespace Peft.Declarative.Native;

/// <summary>What the C library does with memory that tensors free.</summary>
/// <remarks>
/// A training step frees all that it allocated. By default glibc returns most of it to the system, and the next step waits for the same pages again, which
/// the system fills with zeros: a tenth of a step of a small model. Other C libraries and systems are left as they are.
/// </remarks>
internal static unsafe class HeapSettings
{
    // The numbers of malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;

    // Larger tensors are weights and not activations; each is mapped by itself, and its memory is returned when it is freed.
    private const int LargestKept = 1 << 26;

    // The heaps of threads other than the first one have 64 MiB, and are kept if less than this is free in the one before.
    private const int Spare = 1 << 26;

    private const int MostKept = 1 << 30;

    private static readonly string[] OwnVariables = ["GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_", "MALLOC_MMAP_THRESHOLD_"];

    /// <summary>Whether the user has chosen settings.</summary>
    internal static bool AreChosen => Array.Exists(OwnVariables, variable => Environment.GetEnvironmentVariable(variable) is not null);

    /// <summary>Keeps memory that is freed for what is allocated next, unless the user has chosen settings.</summary>
    internal static void KeepFreedMemory()
    {
        if (AreChosen || Find("mallopt") is not { } function)
        {
            return;
        }

        var set = (delegate* unmanaged[Cdecl]<int, int, int>)function;
        _ = set(MapThreshold, LargestKept);
        _ = set(TrimThreshold, MostKept);
        _ = set(TopPad, Spare);
    }

    /// <summary>Returns free memory to the system, after work that needed more than what follows.</summary>
    internal static void ReturnFreedMemory()
    {
        TensorHeap.ReturnFreedMemory();
        if (Find("malloc_trim") is { } function)
        {
            _ = ((delegate* unmanaged[Cdecl]<nuint, int>)function)(0);
        }
    }

    private static nint? Find(string function) =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, function, out nint address)
            ? address
            : null;
}
