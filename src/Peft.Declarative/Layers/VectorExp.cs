using System.Runtime.CompilerServices;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>eˣ</c> and <c>2ˣ</c> of the numbers of a vector, within two units of the last place: <c>2ⁿ 2ʳ</c> with |r| ≤ ½, and a polynomial for <c>2ʳ</c> (Cephes,
/// exp2f). That of .NET widens to double.
/// </summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal static class VectorExp<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const float Least = -87f;            // of what is not zero in float32
    private const float Greatest = 88f;          // of what is finite
    private const float LeastOfTwo = -125f;
    private const float Log2OfE = 1.44269502f;
    private const float Rest = 1.92596299e-8f;   // of log₂ e

    // At this size a float32 has no fraction, so adding it rounds; the sum's last bits are the integer with the bias of an exponent, 127.
    private const float Shifter = 12_582_912 + 127;

    /// <summary>Computes <c>eˣ</c>; beyond the limits of float32 that of the limit. NaN remains NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Of(TVector x)
    {
        x = TLanes.Min(TLanes.Of(Greatest), TLanes.Max(TLanes.Of(Least), x));
        TVector shifted = TLanes.MultiplyAdd(x, TLanes.Of(Log2OfE), TLanes.Of(Shifter));
        TVector r = TLanes.MultiplyAdd(x, TLanes.Of(Log2OfE), TLanes.Subtract(TLanes.Of(Shifter), shifted));
        return Power(TLanes.MultiplyAdd(x, TLanes.Of(Rest), r), shifted);
    }

    /// <summary>Computes <c>2ˣ</c> for x below 127; below the limits of float32 that of the limit. NaN remains NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector OfTwo(TVector x)
    {
        x = TLanes.Max(TLanes.Of(LeastOfTwo), x);
        TVector shifted = TLanes.Add(x, TLanes.Of(Shifter));
        return Power(TLanes.Add(x, TLanes.Subtract(TLanes.Of(Shifter), shifted)), shifted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Power(TVector r, TVector shifted)
    {
        TVector p = TLanes.MultiplyAdd(TLanes.Of(1.535336188319500e-4f), r, TLanes.Of(1.339887440266574e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(9.618437357674640e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(5.550332471162809e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(2.402264791363012e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(6.931472028550421e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Of(1));
        return TLanes.Multiply(p, TLanes.PowerOfTwo(shifted));
    }
}
