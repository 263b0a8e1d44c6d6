using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// The type in which functions keep activations for their backward passes. While blocks of a model in <see cref="Precision.BFloat16"/> are trained on a CPU it is
/// bfloat16, which halves the memory between the passes; otherwise it is that of the computation. Nothing is computed with it: a function computes with float32
/// copies of what it keeps, one layer at a time.
/// </summary>
/// <remarks>
/// bfloat16 has the exponents of float32 and 8 binary digits, so a kept number is off by at most 2⁻⁸ of itself, as the factors of the products around it are.
/// </remarks>
internal static class KeptActivations
{
    [ThreadStatic]
    private static bool _areNarrow;

    /// <summary>Whether functions that this thread calls keep bfloat16.</summary>
    internal static bool AreNarrow => _areNarrow;

    /// <summary>Sets the type for this thread until the returned object is disposed.</summary>
    /// <param name="narrow">Whether it is bfloat16; <see langword="false"/> changes nothing.</param>
    internal static IDisposable? Begin(bool narrow) => narrow && !_areNarrow ? new Piece() : null;

    /// <summary>What to keep of a tensor: a copy in bfloat16, or the tensor itself.</summary>
    internal static Tensor Of(Tensor x) => _areNarrow && x.dtype == ScalarType.Float32 && x.device_type == DeviceType.CPU ? x.to(ScalarType.BFloat16) : x;

    /// <summary>What was kept of a float32 tensor, in float32.</summary>
    internal static Tensor Wide(Tensor kept) => kept.dtype == ScalarType.BFloat16 ? kept.to(ScalarType.Float32) : kept;

    private sealed class Piece : IDisposable
    {
        internal Piece() => _areNarrow = true;

        public void Dispose() => _areNarrow = false;
    }
}
