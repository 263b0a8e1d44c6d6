using System.Runtime.CompilerServices;

namespace Peft.Declarative.Layers;

/// <summary>The function h in <c>f(g) = g σ(h(g))</c>.</summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal interface IExponent<TVector>
    where TVector : struct
{
    static abstract TVector Of(TVector gate);

    /// <summary>The derivative.</summary>
    static abstract TVector Slope(TVector gate);
}

/// <summary>SiLU: <c>h(g) = g</c>.</summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal readonly struct SiluExponent<TLanes, TVector> : IExponent<TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector gate) => gate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Slope(TVector gate) => TLanes.Of(1);
}

/// <summary>
/// GELU by tanh, <c>½ g (1 + tanh z)</c> with <c>z = √(2/π) (g + 0.044715 g³)</c> (Hendrycks and Gimpel 2016, arXiv 1606.08415): <c>½ (1 + tanh z) = σ(2z)</c>.
/// </summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal readonly struct GeluTanhExponent<TLanes, TVector> : IExponent<TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const float Linear = 1.59576912f;   // 2 √(2/π)
    private const float Cubic = 0.0713548163f;

    // Beyond this σ is 0 or 1 in float32, and a cube might not be finite.
    private const float Limit = 10;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector gate)
    {
        TVector x = Limited(gate);
        return TLanes.Multiply(x, TLanes.MultiplyAdd(TLanes.Multiply(x, x), TLanes.Of(Cubic), TLanes.Of(Linear)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Slope(TVector gate)
    {
        TVector x = Limited(gate);
        return TLanes.MultiplyAdd(TLanes.Multiply(x, x), TLanes.Of(3 * Cubic), TLanes.Of(Linear));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Limited(TVector gate) => TLanes.Min(TLanes.Of(Limit), TLanes.Max(TLanes.Of(-Limit), gate));
}
