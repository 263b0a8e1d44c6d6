using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using V = System.Runtime.Intrinsics.Vector256<float>;

namespace Peft.Declarative.BaseModels;

/// <summary>The features of one query, each in all lanes of a register: with 8 of them, all loops over features are written out.</summary>
internal readonly unsafe struct Features
{
    private readonly V _0, _1, _2, _3, _4, _5, _6, _7;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Features(float* row, int width, float scale)
    {
        _0 = Of(row, 0, width, scale);
        _1 = Of(row, 1, width, scale);
        _2 = Of(row, 2, width, scale);
        _3 = Of(row, 3, width, scale);
        _4 = Of(row, 4, width, scale);
        _5 = Of(row, 5, width, scale);
        _6 = Of(row, 6, width, scale);
        _7 = Of(row, 7, width, scale);
    }

    /// <summary>The inner products with 8 keys that are stored by feature, <paramref name="step"/> numbers apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal V Times(float* keys, int step)
    {
        V even = _0 * Vector256.Load(keys);
        V odd = _1 * Vector256.Load(keys + step);
        even = Vector256.FusedMultiplyAdd(_2, Vector256.Load(keys + (2 * step)), even);
        odd = Vector256.FusedMultiplyAdd(_3, Vector256.Load(keys + (3 * step)), odd);
        even = Vector256.FusedMultiplyAdd(_4, Vector256.Load(keys + (4 * step)), even);
        odd = Vector256.FusedMultiplyAdd(_5, Vector256.Load(keys + (5 * step)), odd);
        even = Vector256.FusedMultiplyAdd(_6, Vector256.Load(keys + (6 * step)), even);
        odd = Vector256.FusedMultiplyAdd(_7, Vector256.Load(keys + (7 * step)), odd);
        return even + odd;
    }

    /// <summary>Adds these features, times a factor for each of 8 keys, to what is stored by feature.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AddTo(float* target, int step, V factors)
    {
        Vector256.FusedMultiplyAdd(_0, factors, Vector256.Load(target)).Store(target);
        Vector256.FusedMultiplyAdd(_1, factors, Vector256.Load(target + step)).Store(target + step);
        Vector256.FusedMultiplyAdd(_2, factors, Vector256.Load(target + (2 * step))).Store(target + (2 * step));
        Vector256.FusedMultiplyAdd(_3, factors, Vector256.Load(target + (3 * step))).Store(target + (3 * step));
        Vector256.FusedMultiplyAdd(_4, factors, Vector256.Load(target + (4 * step))).Store(target + (4 * step));
        Vector256.FusedMultiplyAdd(_5, factors, Vector256.Load(target + (5 * step))).Store(target + (5 * step));
        Vector256.FusedMultiplyAdd(_6, factors, Vector256.Load(target + (6 * step))).Store(target + (6 * step));
        Vector256.FusedMultiplyAdd(_7, factors, Vector256.Load(target + (7 * step))).Store(target + (7 * step));
    }

    private static V Of(float* row, int feature, int width, float scale) => feature < width ? Vector256.Create(scale * row[feature]) : V.Zero;

    /// <summary>Sums over keys, one for each feature.</summary>
    internal struct Sums
    {
        private V _0, _1, _2, _3, _4, _5, _6, _7;

        /// <summary>Adds 8 keys, which are stored by feature, each with its factor.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Add(V factors, float* keys, int step)
        {
            _0 = Vector256.FusedMultiplyAdd(factors, Vector256.Load(keys), _0);
            _1 = Vector256.FusedMultiplyAdd(factors, Vector256.Load(keys + step), _1);
            _2 = Vector256.FusedMultiplyAdd(factors, Vector256.Load(keys + (2 * step)), _2);
            _3 = Vector256.FusedMultiplyAdd(factors, Vector256.Load(keys + (3 * step)), _3);
            _4 = Vector256.FusedMultiplyAdd(factors, Vector256.Load(keys + (4 * step)), _4);
            _5 = Vector256.FusedMultiplyAdd(factors, Vector256.Load(keys + (5 * step)), _5);
            _6 = Vector256.FusedMultiplyAdd(factors, Vector256.Load(keys + (6 * step)), _6);
            _7 = Vector256.FusedMultiplyAdd(factors, Vector256.Load(keys + (7 * step)), _7);
        }

        /// <summary>The sums over all lanes, feature by feature.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal readonly V Total()
        {
            V low = Avx.HorizontalAdd(Avx.HorizontalAdd(_0, _1), Avx.HorizontalAdd(_2, _3));
            V high = Avx.HorizontalAdd(Avx.HorizontalAdd(_4, _5), Avx.HorizontalAdd(_6, _7));
            return Vector256.Create(low.GetLower() + low.GetUpper(), high.GetLower() + high.GetUpper());
        }
    }
}
