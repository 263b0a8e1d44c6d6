using System.Runtime.InteropServices;

namespace Peft.Declarative.Native.Heap;

/// <summary>Finds where a loaded library keeps the addresses of functions that it imports: the relocations of its procedure linkage table (System V ABI, ELF 64).</summary>
internal static unsafe class ImportSlots
{
    private const int LinkMap = 2;   // RTLD_DI_LINKMAP

    // The tags of the dynamic section.
    private const ulong RelocationBytes = 2, Strings = 5, Symbols = 6, RelocationKind = 20, Relocations = 23, BindNow = 24, Flags = 30, Flags1 = 0x6ffffffb;
    private const ulong WithAddend = 7, NowOfFlags = 8, NowOfFlags1 = 1;

    // Elf64_Rela is an address, the kind and the symbol in 32 bits each, and a number; Elf64_Sym begins with the offset of its name.
    private const int RelocationSize = 24, SymbolSize = 24, KindOffset = 8, SymbolOffset = 12;

    private static uint JumpSlot => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 7,
        Architecture.Arm64 => 1026,
        _ => 0,
    };

    /// <summary>The slot of a function; null if the library does not import it in this way, or its slots are read-only, as they are when all are bound at load.</summary>
    /// <param name="library">The handle of a loaded library, on Linux.</param>
    /// <param name="function">The name of the function.</param>
    internal static IntPtr* Find(IntPtr library, string function)
    {
        ulong* map = MapOf(library);
        if (map == null || JumpSlot == 0)
        {
            return null;
        }

        // struct link_map begins with the base address, the name, and the dynamic section, which is a list of tags and values.
        ulong start = map[0];
        Dictionary<ulong, ulong> values = [];
        for (var entry = (ulong*)map[2]; entry[0] != 0; entry += 2)
        {
            values[entry[0]] = entry[1];
        }

        if (values.ContainsKey(BindNow) || (values.GetValueOrDefault(Flags) & NowOfFlags) != 0 || (values.GetValueOrDefault(Flags1) & NowOfFlags1) != 0
            || values.GetValueOrDefault(RelocationKind) != WithAddend
            || !values.TryGetValue(Relocations, out ulong table) || !values.TryGetValue(Strings, out ulong strings) || !values.TryGetValue(Symbols, out ulong symbols))
        {
            return null;
        }

        // glibc has turned the offsets of the file into addresses; other loaders leave them.
        byte* At(ulong value) => (byte*)(value < start ? value + start : value);
        byte* first = At(table);
        byte* end = first + values.GetValueOrDefault(RelocationBytes);
        for (byte* relocation = first; relocation < end; relocation += RelocationSize)
        {
            uint symbol = *(uint*)(relocation + SymbolOffset);
            uint name = *(uint*)(At(symbols) + (symbol * (long)SymbolSize));
            if (*(uint*)(relocation + KindOffset) == JumpSlot && Marshal.PtrToStringUTF8((IntPtr)(At(strings) + name)) == function)
            {
                return (IntPtr*)(start + *(ulong*)relocation);
            }
        }

        return null;
    }

    // glibc has the function in a library of its own up to 2.33.
    private static ulong* MapOf(IntPtr library)
    {
        foreach (string name in new[] { "libc.so.6", "libdl.so.2" })
        {
            if (NativeLibrary.TryLoad(name, out IntPtr system) && NativeLibrary.TryGetExport(system, "dlinfo", out IntPtr inform))
            {
                ulong* map = null;
                return ((delegate* unmanaged[Cdecl]<IntPtr, int, ulong**, int>)inform)(library, LinkMap, &map) == 0 ? map : null;
            }
        }

        return null;
    }
}
