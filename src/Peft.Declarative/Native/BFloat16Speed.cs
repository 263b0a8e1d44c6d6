using System.Runtime.Intrinsics.X86;
using Peft.Declarative.Native.Panels;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>
/// Whether this processor multiplies faster in bfloat16 than in float32. Processors with instructions for it are three times as fast, and others six
/// times as slow, so nothing is assumed: without the instructions the answer is no, and with them it is measured once per machine and class
/// of shapes.
/// </summary>
internal static class BFloat16Speed
{
    // A gain below this could be noise, and the choice between two results must not be.
    private const double LeastGain = 1.2;

    private static readonly Lazy<bool>[] Answers =
        [.. Enum.GetValues<ShapeClass>().Select(shape => new Lazy<bool>(() => MachineAnswers.OfUser.Ask(shape.ToString(), () => Measure(shape))))];

    private enum ShapeClass
    {
        RowTimesSmall,
        RowTimesLarge,
        FewTimesSmall,
        FewTimesLarge,
        ManyTimesSmall,
        ManyTimesLarge,
    }

    /// <summary>The answer for tests of what is computed, whatever this processor is faster with; <see langword="null"/> (the default) to ask it.</summary>
    internal static bool? IsAssumed { get; set; }

    /// <summary>Whether to multiply in bfloat16, including the conversion of the input and of the result.</summary>
    /// <param name="rows">The number of rows of the input.</param>
    /// <param name="elements">The number of elements of the weight.</param>
    internal static bool IsFaster(long rows, long elements) =>
        IsAssumed ?? (HasInstructions && OpenMpThreads.MayProbe && Answers[(int)ClassOf(rows, elements)].Value);

    /// <summary>Whether the processor can have instructions for bfloat16. On x86 it says so; on others only the measurement does.</summary>
    internal static bool HasInstructions { get; } = AsksProcessor();

    private static bool AsksProcessor()
    {
        const int Features = 7;
        if (!X86Base.IsSupported)
        {
            return true;
        }

        (int last, _, _, int amx) = X86Base.CpuId(Features, 0);
        bool avx512 = last >= 1 && Avx512F.IsSupported && (X86Base.CpuId(Features, 1).Eax & (1 << 5)) != 0;
        return avx512 || (amx & (1 << 22)) != 0;
    }

    private static ShapeClass ClassOf(long rows, long elements)
    {
        int height = rows == 1 ? 0 : rows < 32 ? 1 : 2;
        return (ShapeClass)((2 * height) + (elements < (1 << 16) ? 0 : 1));
    }

    private static bool Measure(ShapeClass shape)
    {
        int rows = ((int)shape / 2) switch { 0 => 1, 1 => 8, _ => 128 };
        int side = (int)shape % 2 == 0 ? 128 : 1024;
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones(rows, side, device: CPU);   // no random numbers, whose generator a run depends on
        Tensor weight = ones(side, side, dtype: ScalarType.BFloat16, device: CPU);
        return Race.IsFaster(
            () => nn.functional.linear(input.to(ScalarType.BFloat16), weight).to(ScalarType.Float32),
            () => MatrixProduct.Panels(input, weight) ?? nn.functional.linear(input, weight.to(ScalarType.Float32)),
            LeastGain);
    }
}
