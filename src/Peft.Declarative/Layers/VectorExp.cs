using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>eˣ</c> of eight numbers, within two units of the last place: <c>2ⁿ eʳ</c> with |r| ≤ ln 2 / 2, and a polynomial for <c>eʳ</c> (Cephes, expf). That of
/// .NET widens to double.
/// </summary>
internal static class VectorExp
{
    private const float Least = -87f;      // of what is not zero in float32
    private const float Greatest = 88f;    // of what is finite

    /// <summary>Computes <c>eˣ</c>; beyond the limits of float32 that of the limit. NaN remains NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Of(Vector256<float> x)
    {
        x = Vector256.Min(Vector256.Max(x, Vector256.Create(Least)), Vector256.Create(Greatest));
        Vector256<float> n = Vector256.Round(x * 1.44269504f);
        Vector256<float> r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-0.693359375f), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(2.12194440e-4f), r);
        Vector256<float> p = Vector256.Create(1.9875691500e-4f);
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.FusedMultiplyAdd(p, r, Vector256.Create(5.0000001201e-1f));
        Vector256<float> e = Vector256.FusedMultiplyAdd(p, r * r, r + Vector256<float>.One);
        return e * Vector256.ShiftLeft(Vector256.ConvertToInt32Native(n) + Vector256.Create(127), 23).AsSingle();
    }
}
