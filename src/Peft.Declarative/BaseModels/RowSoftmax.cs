using System.Runtime.CompilerServices;
using Peft.Declarative.Layers;

namespace Peft.Declarative.BaseModels;

/// <summary>The softmax of a row of scores, which are exponents of 2, and its gradient. What a query does not see becomes 0.</summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal static unsafe class RowSoftmax<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>Replaces scores by weights, which are not divided by their sum yet.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="seen">The number of scores that count.</param>
    /// <param name="end">The number of scores, in full vectors.</param>
    /// <returns>The logarithm of the sum of the scores' powers, and the sum of the weights.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (float LogSum, float Sum) Weights(float* scores, int seen, int end)
    {
        TVector lowest = TLanes.Of(float.NegativeInfinity);
        TVector most = lowest;
        for (int j = 0; j < seen; j += TLanes.Count)
        {
            TVector score = TLanes.Load(scores + j);
            most = TLanes.Max(most, j + TLanes.Count > seen ? TLanes.First(score, seen - j, lowest) : score);
        }

        float greatest = TLanes.Greatest(most);
        TVector shift = TLanes.Of(greatest);
        TVector sum = default;
        for (int j = 0; j < seen; j += TLanes.Count)
        {
            TVector weight = Weight(scores, j, shift, seen);
            sum = TLanes.Add(sum, weight);
            TLanes.Store(weight, scores + j);
        }

        Clear(scores, seen, end);
        float total = TLanes.Sum(sum);
        return (greatest + MathF.Log2(total), total);
    }

    /// <summary>
    /// Replaces scores by weights, and the weights' gradients by those of the scores: each weight's less their weighted mean, times the weight (arXiv 2205.14135,
    /// appendix B.4).
    /// </summary>
    /// <param name="scores">The scores.</param>
    /// <param name="changes">The gradients.</param>
    /// <param name="logSum">From <see cref="Weights"/>.</param>
    /// <param name="mean">The weighted mean.</param>
    /// <param name="seen">The number of scores that count.</param>
    /// <param name="end">The number of scores, in full vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gradients(float* scores, float* changes, float logSum, float mean, int seen, int end)
    {
        TVector shift = TLanes.Of(logSum);
        TVector middle = TLanes.Of(mean);
        for (int j = 0; j < seen; j += TLanes.Count)
        {
            TVector weight = Weight(scores, j, shift, seen);
            TLanes.Store(weight, scores + j);
            TLanes.Store(TLanes.Multiply(weight, TLanes.Subtract(TLanes.Load(changes + j), middle)), changes + j);
        }

        Clear(scores, seen, end);
        Clear(changes, seen, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Weight(float* scores, int j, TVector shift, int seen)
    {
        TVector weight = VectorExp<TLanes, TVector>.OfTwo(TLanes.Subtract(TLanes.Load(scores + j), shift));
        return j + TLanes.Count > seen ? TLanes.First(weight, seen - j, default) : weight;
    }

    private static void Clear(float* row, int seen, int end)
    {
        int from = (seen + TLanes.Count - 1) / TLanes.Count * TLanes.Count;
        if (from < end)
        {
            new Span<float>(row + from, end - from).Clear();
        }
    }
}
