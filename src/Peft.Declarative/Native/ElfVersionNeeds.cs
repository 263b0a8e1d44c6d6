using System.Buffers.Binary;
using System.Text;

namespace Peft.Declarative.Native;

/// <summary>Edits the version requirements (.gnu.version_r) of a little-endian 64-bit ELF image held in memory.</summary>
internal static class ElfVersionNeeds
{
    private const uint VersionNeedSection = 0x6ffffffe;   // SHT_GNU_verneed
    private const ushort Weak = 2;                         // VER_FLG_WEAK

    /// <summary>Marks every requirement of <paramref name="version"/> as weak, so that the loader accepts a library without that version.</summary>
    /// <returns><see langword="true"/> if the image required the version.</returns>
    internal static bool Weaken(Span<byte> image, string version)
    {
        byte[] name = Encoding.ASCII.GetBytes(version);
        int sections = (int)U64(image, 0x28);
        int size = U16(image, 0x3A);
        bool found = false;

        for (int i = 0; i < U16(image, 0x3C); i++)
        {
            int header = sections + i * size;
            if (U32(image, header + 4) == VersionNeedSection)
            {
                int strings = sections + (int)U32(image, header + 40) * size;
                found |= WeakenSection(image, (int)U64(image, header + 24), (int)U64(image, strings + 24), name);
            }
        }

        return found;
    }

    private static bool WeakenSection(Span<byte> image, int entry, int strings, ReadOnlySpan<byte> version)
    {
        bool found = false;
        while (true)
        {
            int auxiliary = entry + (int)U32(image, entry + 8);
            for (int left = U16(image, entry + 2); left > 0; left--)
            {
                ReadOnlySpan<byte> name = image[(strings + (int)U32(image, auxiliary + 8))..];
                if (name[..name.IndexOf((byte)0)].SequenceEqual(version))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(image[(auxiliary + 4)..], (ushort)(U16(image, auxiliary + 4) | Weak));
                    found = true;
                }

                auxiliary += (int)U32(image, auxiliary + 12);
            }

            uint next = U32(image, entry + 12);
            if (next == 0)
            {
                return found;
            }

            entry += (int)next;
        }
    }

    private static ulong U64(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt64LittleEndian(image[at..]);

    private static uint U32(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt32LittleEndian(image[at..]);

    private static ushort U16(ReadOnlySpan<byte> image, int at) => BinaryPrimitives.ReadUInt16LittleEndian(image[at..]);
}
