using System.Runtime.InteropServices;

namespace Peft.Declarative.Native;

/// <summary>The heap of the C library, from which libtorch takes the memory of tensors on the CPU.</summary>
internal static partial class NativeHeap
{
    private const string Variable = "MALLOC_MMAP_THRESHOLD_";
    private const int MmapThreshold = -3;   // M_MMAP_THRESHOLD of malloc.h
    private const int LargeBlock = 1 << 20;

    /// <summary>
    /// Makes glibc return each block of a mebibyte or more to the system when it is freed. Otherwise it keeps such blocks in its heap, where a free block often
    /// has no room for an aligned one of the same size: the heap of a training step was twice as large as its tensors. The price is that the system clears
    /// each new block.
    /// </summary>
    /// <remarks>A threshold that the user has set in the environment is not changed, and other C libraries are left alone.</remarks>
    internal static void ReturnLargeBlocks()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Variable) is not null)
        {
            return;
        }

        try
        {
            _ = MallOpt(MmapThreshold, LargeBlock);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
