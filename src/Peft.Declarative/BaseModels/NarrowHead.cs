using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Peft.Declarative.Layers;

namespace Peft.Declarative.BaseModels;

/// <summary>What a narrow head is.</summary>
internal static class NarrowHead
{
    /// <summary>The number of features, filled up with zeros.</summary>
    internal const int Width = 8;
}

/// <summary>
/// Attention over heads of at most 8 features. Keys and values are stored by feature, so that a vector holds keys and a product of two features is one instruction;
/// libtorch's products of such widths are dominated by what surrounds them. Exponents are of 2.
/// </summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal readonly unsafe struct NarrowHead<TLanes, TVector> : IAttentionHead<NarrowHead<TLanes, TVector>>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const int Width = NarrowHead.Width;

    // 2 to this power, a sum of them, and one over it are far from the limits of float32.
    private const float Harmless = 60;

    private readonly float* _keys;     // by feature, times the scale: scores are exponents of 2
    private readonly float* _values;
    private readonly float* _keyGradients;
    private readonly float* _valueGradients;
    private readonly float* _rows;     // three rows, zero where a row has no feature
    private readonly int _count;
    private readonly AttentionScores _scores;

    private NarrowHead(float* scratch, in KeyBlock block, AttentionScores scores)
    {
        long size = Stored.Size(block.Keys.Count);
        (_count, _scores) = (block.Keys.Count, scores);
        _keys = scratch;
        _values = _keys + size;
        _keyGradients = _values + size;
        _valueGradients = _keyGradients + size;
        _rows = _valueGradients + size;
        Stored.Put(block.Keys, scores.ScaleOfTwo, _keys);
        Stored.Put(block.Values, 1, _values);
        new Span<float>(_rows, 3 * Width).Clear();
        if (block.HasGradients)
        {
            new Span<float>(_keyGradients, checked((int)(2 * size))).Clear();
        }
    }

    // All of them: a row of scores is never stored.
    public static int MostKeys => int.MaxValue;

    private static ByFeature Stored => new(Width, TLanes.Count);

    public static long Scratch(int keys, int width) => (4 * Stored.Size(keys)) + (3 * Width);

    public static NarrowHead<TLanes, TVector> Create(float* scratch, in KeyBlock keys, AttentionScores scores) => new(scratch, keys, scores);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(HeadRows queries, HeadRows outputs, float* logSums)
    {
        float* keys = _keys;
        float* values = _values;
        float longest = Longest();
        for (int i = 0; i < queries.Count; i++)
        {
            int seen = _scores.Causal ? i + 1 : _count;
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(HeadRows queries, HeadRows outputs, float* logSums, HeadRows received, HeadRows gradients)
    {
        float* keys = _keys;
        float* values = _values;
        float* keyGradients = _keyGradients;
        float* valueGradients = _valueGradients;
        for (int i = 0; i < queries.Count; i++)
        {
            int seen = _scores.Causal ? i + 1 : _count;
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

            Put(sums.Total() * Vector256.Create(AttentionScores.LogOf2), gradients, i);   // the keys have the scale
        }
    }

    public void PutGradients(HeadRows keys, HeadRows values)
    {
        Stored.Take(_keyGradients, _scores.Scale, keys);
        Stored.Take(_valueGradients, 1, values);
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
