using System.Runtime.InteropServices;
using Peft.Declarative.Native.Heap;

namespace Peft.Declarative.Tests;

/// <summary>Counts the bytes that the C library has given out, which are those of tensors and little else, for tests of what a pass keeps.</summary>
internal static class TensorBytes
{
    /// <summary>Whether this system's C library can be asked.</summary>
    internal static bool AreKnown => OperatingSystem.IsLinux();

    /// <summary>The bytes in use now.</summary>
    internal static long InUse
    {
        get
        {
            MallocInfo info = mallinfo2();
            return (long)(info.InUse + info.Mapped);
        }
    }

    /// <summary>Gives tensors memory of the C library until the returned object is disposed.</summary>
    internal static IDisposable Watch()
    {
        TensorHeap.IsUsed = false;
        LiveTensors.CountAfterCollection();   // what other tests left is not freed in between
        return new Watching();
    }

    /// <summary>The middle of several measurements: .NET's compiler and the test runner take memory of the C library too, and give it back, at times of their own.</summary>
    /// <param name="measure">Measures the bytes of one pass.</param>
    internal static long Middle(Func<long> measure)
    {
        const int Times = 5;
        long[] all = [.. Enumerable.Range(0, Times).Select(_ => measure()).Order()];
        return all[Times / 2];
    }

    [DllImport("libc")]
    private static extern MallocInfo mallinfo2();

    private sealed class Watching : IDisposable
    {
        public void Dispose() => TensorHeap.IsUsed = true;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MallocInfo
    {
        public nuint Arena, FreeBlocks, FastBlocks, MappedBlocks, Mapped, Unused, FastBytes, InUse, Free, Top;
    }
}
