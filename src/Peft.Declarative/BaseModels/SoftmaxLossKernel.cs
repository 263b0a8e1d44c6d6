using System.Runtime.Intrinsics;
using Exp = Peft.Declarative.Layers.VectorExp<Peft.Declarative.Layers.Lanes8, System.Runtime.Intrinsics.Vector256<float>>;

namespace Peft.Declarative.BaseModels;

/// <summary>The rows of <see cref="SoftmaxLoss"/>. A row is in the cache while it is read three times.</summary>
internal static unsafe class SoftmaxLossKernel
{
    /// <summary>
    /// Computes <c>log Σ eˢ − s</c> of the label, and the gradient <c>p − 1</c> at the label and <c>p</c> elsewhere; zeros for labels that are ignored.
    /// </summary>
    /// <param name="scores">The logits of the row.</param>
    /// <param name="classes">Their number.</param>
    /// <param name="label">The label.</param>
    /// <param name="gradient">Receives the gradient.</param>
    internal static double Row(float* scores, int classes, long label, float* gradient)
    {
        if (label == Losses.Ignored)
        {
            new Span<float>(gradient, classes).Clear();
            return 0;
        }

        float greatest = Greatest(scores, classes);
        double sum = Exponentials(scores, classes, greatest, gradient);
        float factor = (float)(1 / sum);
        int i = 0;
        for (; i + Vector256<float>.Count <= classes; i += Vector256<float>.Count)
        {
            Vector256.Store(Vector256.Load(gradient + i) * factor, gradient + i);
        }

        for (; i < classes; i++)
        {
            gradient[i] *= factor;
        }

        gradient[label] -= 1;
        return Math.Log(sum) + greatest - scores[label];
    }

    private static float Greatest(float* scores, int classes)
    {
        Vector256<float> lanes = Vector256.Create(float.NegativeInfinity);
        int i = 0;
        for (; i + Vector256<float>.Count <= classes; i += Vector256<float>.Count)
        {
            lanes = Vector256.Max(lanes, Vector256.Load(scores + i));
        }

        float greatest = float.NegativeInfinity;
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
        {
            greatest = MathF.Max(greatest, lanes[lane]);
        }

        for (; i < classes; i++)
        {
            greatest = MathF.Max(greatest, scores[i]);
        }

        return greatest;
    }

    private static double Exponentials(float* scores, int classes, float greatest, float* result)
    {
        (Vector256<float> even, Vector256<float> odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
        int i = 0;
        for (; i + (2 * Vector256<float>.Count) <= classes; i += 2 * Vector256<float>.Count)
        {
            int next = i + Vector256<float>.Count;
            Vector256<float> one = Exp.Of(Vector256.Load(scores + i) - Vector256.Create(greatest));
            Vector256<float> other = Exp.Of(Vector256.Load(scores + next) - Vector256.Create(greatest));
            Vector256.Store(one, result + i);
            Vector256.Store(other, result + next);
            even += one;
            odd += other;
        }

        double sum = Vector256.Sum(even) + (double)Vector256.Sum(odd);
        for (; i < classes; i++)
        {
            result[i] = MathF.Exp(scores[i] - greatest);
            sum += result[i];
        }

        return sum;
    }
}
