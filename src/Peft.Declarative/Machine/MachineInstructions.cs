using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Peft.Declarative.Native;

namespace Peft.Declarative.Machine;

/// <summary>The instruction sets of the processor that decide how fast products are.</summary>
internal static class MachineInstructions
{
    /// <summary>Their names, the widest last.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        .. from set in new[]
           {
               (Name: "NEON", IsThere: AdvSimd.IsSupported),
               (Name: "AVX2", IsThere: Avx2.IsSupported),
               (Name: "AVX-512", IsThere: Avx512F.IsSupported),
               (Name: "bfloat16", IsThere: X86Base.IsSupported && BFloat16Speed.HasInstructions),
           }
           where set.IsThere
           select set.Name,
    ];
}
