using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Peft.Declarative.Layers;

namespace Peft.Declarative.BaseModels;

/// <summary>Products of one row of 8 features with keys that are stored by feature: [8, lanes] for each vector of keys. All loops over features are written out.</summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal static unsafe class Features<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The inner products of a row with each key, plus <paramref name="sum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Times(float* row, float* keys, TVector sum)
    {
        TVector even = TLanes.MultiplyAdd(TLanes.Of(row[0]), TLanes.Load(keys), sum);
        TVector odd = TLanes.Multiply(TLanes.Of(row[1]), TLanes.Load(keys + TLanes.Count));
        even = TLanes.MultiplyAdd(TLanes.Of(row[2]), TLanes.Load(keys + (2 * TLanes.Count)), even);
        odd = TLanes.MultiplyAdd(TLanes.Of(row[3]), TLanes.Load(keys + (3 * TLanes.Count)), odd);
        even = TLanes.MultiplyAdd(TLanes.Of(row[4]), TLanes.Load(keys + (4 * TLanes.Count)), even);
        odd = TLanes.MultiplyAdd(TLanes.Of(row[5]), TLanes.Load(keys + (5 * TLanes.Count)), odd);
        even = TLanes.MultiplyAdd(TLanes.Of(row[6]), TLanes.Load(keys + (6 * TLanes.Count)), even);
        odd = TLanes.MultiplyAdd(TLanes.Of(row[7]), TLanes.Load(keys + (7 * TLanes.Count)), odd);
        return TLanes.Add(even, odd);
    }

    /// <summary>Adds a row, times a factor for each key, to what is stored by feature.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(float* row, TVector factors, float* target)
    {
        Add(row[0], factors, target);
        Add(row[1], factors, target + TLanes.Count);
        Add(row[2], factors, target + (2 * TLanes.Count));
        Add(row[3], factors, target + (3 * TLanes.Count));
        Add(row[4], factors, target + (4 * TLanes.Count));
        Add(row[5], factors, target + (5 * TLanes.Count));
        Add(row[6], factors, target + (6 * TLanes.Count));
        Add(row[7], factors, target + (7 * TLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float feature, TVector factors, float* target) =>
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Of(feature), factors, TLanes.Load(target)), target);

    /// <summary>Sums over keys, one for each feature.</summary>
    internal struct Sums
    {
        private TVector _0, _1, _2, _3, _4, _5, _6, _7;

        /// <summary>Adds keys, each with its factor.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(TVector factors, float* keys)
        {
            _0 = TLanes.MultiplyAdd(factors, TLanes.Load(keys), _0);
            _1 = TLanes.MultiplyAdd(factors, TLanes.Load(keys + TLanes.Count), _1);
            _2 = TLanes.MultiplyAdd(factors, TLanes.Load(keys + (2 * TLanes.Count)), _2);
            _3 = TLanes.MultiplyAdd(factors, TLanes.Load(keys + (3 * TLanes.Count)), _3);
            _4 = TLanes.MultiplyAdd(factors, TLanes.Load(keys + (4 * TLanes.Count)), _4);
            _5 = TLanes.MultiplyAdd(factors, TLanes.Load(keys + (5 * TLanes.Count)), _5);
            _6 = TLanes.MultiplyAdd(factors, TLanes.Load(keys + (6 * TLanes.Count)), _6);
            _7 = TLanes.MultiplyAdd(factors, TLanes.Load(keys + (7 * TLanes.Count)), _7);
        }

        /// <summary>The sums over all lanes, feature by feature.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly Vector256<float> Total()
        {
            Vector256<float> low = Avx.HorizontalAdd(
                Avx.HorizontalAdd(TLanes.Fold(_0), TLanes.Fold(_1)), Avx.HorizontalAdd(TLanes.Fold(_2), TLanes.Fold(_3)));
            Vector256<float> high = Avx.HorizontalAdd(
                Avx.HorizontalAdd(TLanes.Fold(_4), TLanes.Fold(_5)), Avx.HorizontalAdd(TLanes.Fold(_6), TLanes.Fold(_7)));
            return Vector256.Create(low.GetLower() + low.GetUpper(), high.GetLower() + high.GetUpper());
        }
    }
}
