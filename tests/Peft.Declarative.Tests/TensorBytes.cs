using System.Runtime.InteropServices;
using Peft.Declarative.Native.Heap;
using static TorchSharp.torch;

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

    /// <summary>
    /// The bytes that a forward pass keeps for the backward pass: the middle of five, because .NET's compiler and the test runner take memory of the C library too,
    /// and give it back, at times of their own.
    /// </summary>
    /// <param name="make">Makes the model, anew for each pass.</param>
    /// <param name="ids">Its input.</param>
    internal static long KeptBy(Func<CausalLanguageModel> make, Tensor ids)
    {
        const int Times = 5;
        long[] all = [.. Enumerable.Range(0, Times).Select(_ => KeptOnce(make, ids)).Order()];
        return all[Times / 2];
    }

    private static long KeptOnce(Func<CausalLanguageModel> make, Tensor ids)
    {
        using CausalLanguageModel model = make();
        using DisposeScope scope = NewDisposeScope();
        LiveTensors.CountAfterCollection();   // what other tests left is not freed in between
        long before = InUse;
        Tensor loss = model.forward(ids).square().mean();
        long kept = InUse - before;
        loss.backward();
        return kept;
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
