using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Peft.Declarative.Native.Heap;

/// <summary>
/// Gives the large tensors of libtorch memory of a <see cref="PageHeap"/>, on Linux. glibc's heap needs more for the same tensors, a third of the peak of a
/// training step: an aligned block often does not fit where one of the same size was, and small blocks lie between large ones.
/// </summary>
/// <remarks>
/// libtorch allocates all tensors of host memory with two functions of the C library, <c>posix_memalign</c> and <c>free</c>, which one of its libraries,
/// <c>libc10.so</c>, imports. The places where that library keeps their addresses get those of the functions below. All other memory, also of other
/// libraries, is as before; so are all tensors where those places cannot be written to, or what was tried at the beginning does not arrive.
/// </remarks>
internal static unsafe class TensorHeap
{
    /// <summary>Smaller tensors are too many for whole units.</summary>
    internal const int Smallest = 1 << 18;

    // As in HeapSettings: larger ones are weights, which the C library maps one by one.
    private const int Largest = 1 << 26;

    private const long Addresses = 1L << 36;
    private const long MostKept = 1L << 30;

    // A copy of this library in another load context must not take the places of the first.
    private const string Mark = "Peft.Declarative.TensorHeap";

    private static readonly Lock Gate = new();
    private static PageHeap? _heap;
    private static void* _seen;
    private static delegate* unmanaged[Cdecl]<void**, nuint, nuint, int> _allocate;
    private static delegate* unmanaged[Cdecl]<void*, void> _free;

    /// <summary>Whether large tensors lie in the heap.</summary>
    internal static bool IsInstalled { get; private set; }

    /// <summary>Whether new tensors get memory of it. Tests and benchmarks compare with the C library's.</summary>
    internal static bool IsUsed { get; set; } = true;

    /// <summary>The bytes of addresses that tensors have taken at most.</summary>
    internal static long MostTaken => _heap?.MostTaken ?? 0;

    /// <summary>Whether a tensor lies in it.</summary>
    internal static bool Holds(void* address) => _heap?.Contains(address) ?? false;

    /// <summary>Installs the heap, after libtorch was loaded and before there is a tensor.</summary>
    internal static void Install()
    {
        if (!OperatingSystem.IsLinux() || typeof(TensorHeap).Assembly.IsCollectible || AppContext.GetData(Mark) is not null
            || !NativeLibrary.TryLoad("libc10.so", out IntPtr core)
            || !NativeLibrary.TryGetExport(core, "_ZN3c109alloc_cpuEm", out IntPtr allocate)
            || !NativeLibrary.TryGetExport(core, "_ZN3c108free_cpuEPv", out IntPtr free)
            || Own("posix_memalign") is not { } ownAllocate || Own("free") is not { } ownFree)
        {
            return;
        }

        IntPtr* allocateSlot = ImportSlots.Find(core, "posix_memalign");
        IntPtr* freeSlot = ImportSlots.Find(core, "free");
        if (allocateSlot == null || freeSlot == null || PageHeap.Reserve(Addresses, MostKept) is not { } heap)
        {
            return;
        }

        _heap = heap;
        _allocate = (delegate* unmanaged[Cdecl]<void**, nuint, nuint, int>)ownAllocate;
        _free = (delegate* unmanaged[Cdecl]<void*, void>)ownFree;
        IsInstalled = Try(
            allocateSlot, freeSlot, (delegate* unmanaged[Cdecl]<nuint, void*>)allocate, (delegate* unmanaged[Cdecl]<void*, void>)free);
        AppContext.SetData(Mark, IsInstalled ? true : null);
    }

    /// <summary>Returns memory that no tensor uses to the system.</summary>
    internal static void ReturnFreedMemory()
    {
        lock (Gate)
        {
            _heap?.ReturnGaps();
        }
    }

    // First whether what libtorch frees arrives here: the C library could not free a block of the heap.
    private static bool Try(
        IntPtr* allocateSlot, IntPtr* freeSlot, delegate* unmanaged[Cdecl]<nuint, void*> allocate, delegate* unmanaged[Cdecl]<void*, void> free)
    {
        (IntPtr formerAllocate, IntPtr formerFree) = (*allocateSlot, *freeSlot);
        delegate* unmanaged[Cdecl]<void*, void> watch = &Watch;
        Volatile.Write(ref *freeSlot, (IntPtr)watch);
        void* block = allocate(Smallest);
        free(block);
        if (_seen != block)
        {
            Volatile.Write(ref *freeSlot, formerFree);
            return false;
        }

        delegate* unmanaged[Cdecl]<void*, void> give = &Free;
        delegate* unmanaged[Cdecl]<void**, nuint, nuint, int> take = &Allocate;
        Volatile.Write(ref *freeSlot, (IntPtr)give);
        Volatile.Write(ref *allocateSlot, (IntPtr)take);
        block = allocate(Smallest);
        bool arrives = _heap!.Contains(block);
        free(block);
        if (!arrives)
        {
            Volatile.Write(ref *allocateSlot, formerAllocate);
            Volatile.Write(ref *freeSlot, formerFree);
        }

        return arrives;
    }

    // A function of the C library; null if another library takes its place, as allocators do that the user has chosen.
    private static IntPtr? Own(string function) =>
        NativeLibrary.TryLoad("libc.so.6", out IntPtr library)
        && NativeLibrary.TryGetExport(library, function, out IntPtr own)
        && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), function, out IntPtr used)
        && own == used
            ? own
            : null;

    // These must not throw: above them on the stack there is native code only.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Allocate(void** block, nuint alignment, nuint bytes)
    {
        if (IsUsed && bytes >= Smallest && bytes <= Largest && alignment <= PageHeap.Alignment)
        {
            void* taken;
            lock (Gate)
            {
                taken = _heap!.Take(bytes);
            }

            if (taken != null)
            {
                *block = taken;
                return 0;
            }
        }

        return _allocate(block, alignment, bytes);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(void* block)
    {
        if (!_heap!.Contains(block))
        {
            _free(block);
            return;
        }

        lock (Gate)
        {
            _heap.Give(block);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Watch(void* block)
    {
        _seen = block;
        _free(block);
    }
}
