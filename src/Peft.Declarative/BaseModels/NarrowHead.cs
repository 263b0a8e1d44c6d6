using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Peft.Declarative.Layers;

namespace Peft.Declarative.BaseModels;

/// <summary>What attention over narrow heads needs.</summary>
internal static class NarrowHead
{
    /// <summary>The number of features, filled up with zeros.</summary>
    internal const int Width = 8;

    internal static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;
}

/// <summary>
/// Attention of the query heads that share one head of keys, at most 8 features wide, in host memory. Keys and values are stored by feature, so that a vector
/// holds keys and a product of two features is one instruction; libtorch's products of such widths are dominated by what surrounds them. Exponents are of 2.
/// </summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal readonly unsafe ref struct NarrowHead<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const int Width = NarrowHead.Width;
    private const float Log2OfE = 1.44269504f;
    private const float LogOf2 = 0.693147181f;

    // 2 to this power, a sum of them, and one over it are far from the limits of float32.
    private const float Harmless = 60;

    private readonly float* _keys;     // by feature, times the scale and log₂ e: scores are exponents of 2
    private readonly float* _values;
    private readonly float* _keyGradients;
    private readonly float* _valueGradients;
    private readonly float* _rows;     // three rows, zero where a row has no feature
    private readonly int _count;
    private readonly bool _causal;
    private readonly float _scale;

    /// <param name="scratch">Memory for <see cref="Scratch"/> numbers.</param>
    /// <param name="keys">The keys [count, width].</param>
    /// <param name="values">The values, likewise.</param>
    /// <param name="causal">Whether query i sees only the first i + 1 keys.</param>
    /// <param name="scale">The factor on the scores.</param>
    internal NarrowHead(float* scratch, HeadRows keys, HeadRows values, bool causal, float scale)
    {
        int size = ByFeature<TLanes, TVector>.Size(keys.Count);
        (_count, _causal, _scale) = (keys.Count, causal, scale);
        _keys = scratch;
        _values = _keys + size;
        _keyGradients = _values + size;
        _valueGradients = _keyGradients + size;
        _rows = _valueGradients + size;
        ByFeature<TLanes, TVector>.Put(keys, scale * Log2OfE, _keys);
        ByFeature<TLanes, TVector>.Put(values, 1, _values);
        new Span<float>(_rows, 3 * Width).Clear();
    }

    /// <summary>The numbers of scratch memory.</summary>
    internal static int Scratch(int keys) => (4 * ByFeature<TLanes, TVector>.Size(keys)) + (3 * Width);

    /// <summary>Computes the outputs of all queries of a head, and the logarithm of each one's sum of exponentials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Forward(HeadRows queries, HeadRows outputs, float* logSums)
    {
        float* keys = _keys;
        float* values = _values;
        float longest = Longest();
        for (int i = 0; i < queries.Count; i++)
        {
            int seen = _causal ? i + 1 : _count;
            float* query = Row(queries, i, 0);
            float shift = Shift(query, seen, longest);
            TVector sum = default;
            Features<TLanes, TVector>.Sums output = default;
            for (int j = 0; j < seen; j += TLanes.Count)
            {
                TVector weight = VectorExp<TLanes, TVector>.OfTwo(Features<TLanes, TVector>.Times(query, keys + (Width * j), TLanes.Of(-shift)));
                if (j + TLanes.Count > seen)
                {
                    weight = TLanes.First(weight, seen - j, default);
                }

                sum = TLanes.Add(sum, weight);
                output.Add(weight, values + (Width * j));
            }

            float total = TLanes.Sum(sum);
            Put(output.Total() * Vector256.Create(1 / total), outputs, i);
            logSums[i] = shift + MathF.Log2(total);
        }
    }

    /// <summary>Computes the gradients of all queries of a head, and adds those of keys and values by feature, in one pass over the keys.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="outputs">From <see cref="Forward"/>.</param>
    /// <param name="logSums">Likewise.</param>
    /// <param name="received">The gradients of the outputs.</param>
    /// <param name="gradients">Receives the gradients of the queries.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Backward(HeadRows queries, HeadRows outputs, float* logSums, HeadRows received, HeadRows gradients)
    {
        float* keys = _keys;
        float* values = _values;
        float* keyGradients = _keyGradients;
        float* valueGradients = _valueGradients;
        for (int i = 0; i < queries.Count; i++)
        {
            int seen = _causal ? i + 1 : _count;
            float* query = Row(queries, i, 0);
            float* gradient = Row(received, i, 1);

            // The softmax's gradient is each weight's less their weighted mean, which is that of the output times the output: arXiv 2205.14135, appendix B.4.
            TVector mean = TLanes.Of(-Product(gradient, Row(outputs, i, 2)));
            TVector shift = TLanes.Of(-logSums[i]);
            Features<TLanes, TVector>.Sums sums = default;
            for (int j = 0; j < seen; j += TLanes.Count)
            {
                TVector weight = VectorExp<TLanes, TVector>.OfTwo(Features<TLanes, TVector>.Times(query, keys + (Width * j), shift));
                if (j + TLanes.Count > seen)
                {
                    weight = TLanes.First(weight, seen - j, default);
                }

                TVector change = TLanes.Multiply(weight, Features<TLanes, TVector>.Times(gradient, values + (Width * j), mean));
                Features<TLanes, TVector>.Add(gradient, weight, valueGradients + (Width * j));
                sums.Add(change, keys + (Width * j));
                Features<TLanes, TVector>.Add(query, change, keyGradients + (Width * j));
            }

            Put(sums.Total() * Vector256.Create(LogOf2), gradients, i);   // the keys have the scale
        }
    }

    /// <summary>Sets the gradients of keys and values to zero.</summary>
    internal void ClearGradients() => new Span<float>(_keyGradients, 2 * ByFeature<TLanes, TVector>.Size(_count)).Clear();

    /// <summary>Writes the gradients of keys and values.</summary>
    internal void PutGradients(HeadRows keys, HeadRows values)
    {
        ByFeature<TLanes, TVector>.Take(_keyGradients, _scale, keys);
        ByFeature<TLanes, TVector>.Take(_valueGradients, 1, values);
    }

    // Of the keys as they are stored.
    private float Longest()
    {
        TVector most = default;
        for (int j = 0; j < _count; j += TLanes.Count)
        {
            TVector squares = default;
            for (int d = 0; d < Width; d++)
            {
                TVector feature = TLanes.Load(_keys + (Width * j) + (d * TLanes.Count));
                squares = TLanes.MultiplyAdd(feature, feature, squares);
            }

            most = TLanes.Max(most, squares);
        }

        return MathF.Sqrt(TLanes.Greatest(most));
    }

    // No score is greater than the product of the norms. Only where that could leave float32 does the softmax need the greatest of them taken off.
    private float Shift(float* query, int seen, float longest)
    {
        if (MathF.Sqrt(Product(query, query)) * longest <= Harmless)
        {
            return 0;
        }

        TVector lowest = TLanes.Of(float.NegativeInfinity);
        TVector most = lowest;
        for (int j = 0; j < seen; j += TLanes.Count)
        {
            most = TLanes.Max(most, TLanes.First(Features<TLanes, TVector>.Times(query, _keys + (Width * j), default), seen - j, lowest));
        }

        return TLanes.Greatest(most);
    }

    private static float Product(float* left, float* right) => Vector256.Sum(Vector256.Load(left) * Vector256.Load(right));

    private float* Row(HeadRows rows, int i, int place)
    {
        if (rows.Width == Width)
        {
            return rows.At(i);
        }

        float* row = _rows + (place * Width);
        for (int d = 0; d < rows.Width; d++)
        {
            row[d] = rows.At(i)[d];
        }

        return row;
    }

    private static void Put(Vector256<float> features, HeadRows rows, int i)
    {
        if (rows.Width == Width)
        {
            features.Store(rows.At(i));
            return;
        }

        for (int d = 0; d < rows.Width; d++)
        {
            rows.At(i)[d] = features[d];
        }
    }
}
