using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>
/// Seeds the generators of all devices at each step from (seed, step). A resumed run then has the same dropout masks without any saved generator
/// state, which TorchSharp could not read from a GPU.
/// </summary>
internal static class StepSeed
{
    /// <param name="seed">The seed of the run.</param>
    /// <param name="step">The number of the step, from 0.</param>
    /// <param name="rank">The number of the process, from 0: processes that train together have other rows, and other masks.</param>
    internal static void Set(int seed, long step, int rank)
    {
        using Generator generator = random.manual_seed(rank == 0 ? Mix(seed, step) : Mix((int)Mix(seed, rank), step));
    }

    // SplitMix64: libtorch's CPU generator uses the low 32 bits only, so seed and step must affect all of them.
    private static long Mix(int seed, long step)
    {
        unchecked
        {
            ulong z = ((ulong)(uint)seed << 32) + (ulong)step * 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return (long)(z ^ (z >> 31));
        }
    }
}
