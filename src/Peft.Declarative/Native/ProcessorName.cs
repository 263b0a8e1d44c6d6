using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Peft.Declarative.Native;

/// <summary>The name of the processor, as it gives it itself.</summary>
internal static class ProcessorName
{
    private const int FirstPart = unchecked((int)0x80000002);   // of three, sixteen characters each
    private const int Parts = 3;

    /// <summary>Such as <c>AMD EPYC 9R14</c>; that of the architecture if the processor does not say.</summary>
    internal static string Value { get; } = Read();

    private static string Read()
    {
        if (!X86Base.IsSupported || unchecked((uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax) < unchecked((uint)(FirstPart + Parts - 1)))
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        Span<int> words = stackalloc int[4 * Parts];
        for (int part = 0; part < Parts; part++)
        {
            (words[4 * part], words[(4 * part) + 1], words[(4 * part) + 2], words[(4 * part) + 3]) = X86Base.CpuId(FirstPart + part, 0);
        }

        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).Trim('\0', ' ');
    }
}
