using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Peft.Declarative.Layers;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Attention of the query heads that share one head of keys, at most 8 features wide, in host memory. Keys and values are stored by feature, so that a vector
/// holds 8 keys and a product of two features is one instruction; libtorch's products of such widths are dominated by what surrounds them.
/// </summary>
internal readonly unsafe ref struct NarrowHead
{
    /// <summary>The number of features, filled up with zeros.</summary>
    internal const int Width = 8;
    private const int Lanes = 8;

    private readonly float* _keys;     // [Width, room]
    private readonly float* _values;
    private readonly float* _scores;   // two rows [room]
    private readonly int _count;
    private readonly int _room;
    private readonly bool _causal;
    private readonly float _scale;

    /// <param name="scratch">Memory for <see cref="Scratch"/> numbers.</param>
    /// <param name="keys">The keys [count, width].</param>
    /// <param name="values">The values, likewise.</param>
    /// <param name="causal">Whether query i sees only the first i + 1 keys.</param>
    /// <param name="scale">The factor on the scores.</param>
    internal NarrowHead(float* scratch, Rows keys, Rows values, bool causal, float scale)
    {
        (_count, _room, _causal, _scale) = (keys.Count, Room(keys.Count), causal, scale);
        _keys = scratch;
        _values = scratch + (Width * _room);
        _scores = scratch + (2 * Width * _room);
        ByFeature(keys, _keys);
        ByFeature(values, _values);
    }

    internal static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>The numbers of scratch memory, including the gradients by feature of <see cref="Backward"/>.</summary>
    internal static int Scratch(int keys) => ((4 * Width) + 2) * Room(keys);

    /// <summary>Computes the outputs of all queries of a head, and the logarithm of each one's sum of exponentials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Forward(Rows queries, Rows outputs, float* logSums)
    {
        float* weights = _scores;
        for (int i = 0; i < queries.Count; i++)
        {
            int seen = _causal ? i + 1 : _count;
            Features query = new(queries.At(i), queries.Width, _scale);
            Vector256<float> most = Vector256.Create(float.NegativeInfinity);
            for (int j = 0; j < seen; j += Lanes)
            {
                Vector256<float> score = Vector256.ConditionalSelect(Seen(j, seen), query.Times(_keys + j, _room), Vector256.Create(float.NegativeInfinity));
                score.Store(weights + j);
                most = Vector256.Max(most, score);
            }

            float greatest = Greatest(most);
            Vector256<float> shift = Vector256.Create(greatest);
            Vector256<float> sum = Vector256<float>.Zero;
            Features.Sums output = default;
            for (int j = 0; j < seen; j += Lanes)
            {
                Vector256<float> weight = Vector256.BitwiseAnd(VectorExp.Of(Vector256.Load(weights + j) - shift), Seen(j, seen));
                sum += weight;
                output.Add(weight, _values + j, _room);
            }

            float total = Vector256.Sum(sum);
            Put(output.Total() * Vector256.Create(1 / total), outputs.At(i), outputs.Width);
            logSums[i] = greatest + MathF.Log(total);
        }
    }

    /// <summary>Computes the gradients of all queries of a head, and adds those of keys and values by feature.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="received">The gradients of the outputs.</param>
    /// <param name="logSums">From <see cref="Forward"/>.</param>
    /// <param name="gradients">Receives the gradients of the queries.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Backward(Rows queries, Rows received, float* logSums, Rows gradients)
    {
        float* weights = _scores;
        float* changes = _scores + _room;
        float* keyGradients = _scores + (2 * _room);
        float* valueGradients = keyGradients + (Width * _room);
        for (int i = 0; i < queries.Count; i++)
        {
            int seen = _causal ? i + 1 : _count;
            Features query = new(queries.At(i), queries.Width, _scale);
            Features gradient = new(received.At(i), received.Width, 1);
            Vector256<float> shift = Vector256.Create(logSums[i]);
            Vector256<float> product = Vector256<float>.Zero;
            for (int j = 0; j < seen; j += Lanes)
            {
                Vector256<float> weight = Vector256.BitwiseAnd(VectorExp.Of(query.Times(_keys + j, _room) - shift), Seen(j, seen));
                Vector256<float> change = gradient.Times(_values + j, _room);
                weight.Store(weights + j);
                change.Store(changes + j);
                product = Vector256.FusedMultiplyAdd(weight, change, product);
                gradient.AddTo(valueGradients + j, _room, weight);
            }

            // Of the softmax: each weight's gradient less their weighted mean.
            Vector256<float> mean = Vector256.Create(Vector256.Sum(product));
            Features.Sums sums = default;
            for (int j = 0; j < seen; j += Lanes)
            {
                Vector256<float> change = Vector256.Load(weights + j) * (Vector256.Load(changes + j) - mean);
                sums.Add(change, _keys + j, _room);
                query.AddTo(keyGradients + j, _room, change);   // the query has the scale
            }

            Put(sums.Total() * Vector256.Create(_scale), gradients.At(i), gradients.Width);
        }
    }

    /// <summary>Sets the gradients of keys and values to zero.</summary>
    internal void ClearGradients() => new Span<float>(_scores + (2 * _room), 2 * Width * _room).Clear();

    /// <summary>Writes the gradients of keys and values.</summary>
    internal void PutGradients(Rows keys, Rows values)
    {
        float* gradients = _scores + (2 * _room);
        for (int i = 0; i < _count; i++)
        {
            for (int d = 0; d < keys.Width; d++)
            {
                keys.At(i)[d] = gradients[(d * _room) + i];
                values.At(i)[d] = gradients[((Width + d) * _room) + i];
            }
        }
    }

    private static int Room(int keys) => (keys + Lanes - 1) / Lanes * Lanes;

    private void ByFeature(Rows rows, float* target)
    {
        new Span<float>(target, Width * _room).Clear();
        for (int i = 0; i < rows.Count; i++)
        {
            for (int d = 0; d < rows.Width; d++)
            {
                target[(d * _room) + i] = rows.At(i)[d];
            }
        }
    }

    private static Vector256<float> Seen(int first, int seen) =>
        Vector256.LessThan(Vector256.Create(first) + Vector256<int>.Indices, Vector256.Create(seen)).AsSingle();

    private static float Greatest(Vector256<float> values)
    {
        Vector128<float> four = Vector128.Max(values.GetLower(), values.GetUpper());
        Vector128<float> two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Math.Max(two[0], two[1]);
    }

    private static void Put(Vector256<float> features, float* target, int width)
    {
        for (int d = 0; d < width; d++)
        {
            target[d] = features[d];
        }
    }

    /// <summary>Rows of features in host memory.</summary>
    internal readonly struct Rows(float* first, long step, int count, int width)
    {
        internal int Count => count;

        internal int Width => width;

        internal float* At(int row) => first + (row * step);
    }
}
