using System.Runtime.Intrinsics;

namespace Peft.Declarative.Layers;

/// <summary>The rows of <see cref="RmsNormFunction"/>, with <c>r = 1 / √(mean(x²) + ε)</c>.</summary>
internal static unsafe class RmsNormKernel
{
    /// <summary>Computes <c>w x r</c> for the rows from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    internal static void Forward(float* input, float* weight, float* output, int width, double epsilon, long from, long to)
    {
        for (long row = from; row < to; row++)
        {
            float* x = input + (row * width);
            float* y = output + (row * width);
            float r = Reciprocal(Sum(x, x, width), width, epsilon);
            int i = 0;
            for (; i + Vector256<float>.Count <= width; i += Vector256<float>.Count)
            {
                Vector256.Store(Vector256.Load(x + i) * r * Vector256.Load(weight + i), y + i);
            }

            for (; i < width; i++)
            {
                y[i] = x[i] * r * weight[i];
            }
        }
    }

    /// <summary>Computes the gradient of the input: <c>r g w − x r³ mean(g w x)</c>.</summary>
    internal static void Backward(float* input, float* weight, float* gradient, float* output, int width, double epsilon, long from, long to)
    {
        for (long row = from; row < to; row++)
        {
            float* x = input + (row * width);
            float* g = gradient + (row * width);
            float* result = output + (row * width);
            float r = Reciprocal(Sum(x, x, width), width, epsilon);
            float inward = r * r * r * Sum(x, g, weight, width) / width;
            int i = 0;
            for (; i + Vector256<float>.Count <= width; i += Vector256<float>.Count)
            {
                Vector256<float> outward = Vector256.Load(g + i) * Vector256.Load(weight + i) * r;
                Vector256.Store(outward - (Vector256.Load(x + i) * inward), result + i);
            }

            for (; i < width; i++)
            {
                result[i] = (g[i] * weight[i] * r) - (x[i] * inward);
            }
        }
    }

    private static float Reciprocal(float squares, int width, double epsilon) => (float)(1 / Math.Sqrt(((double)squares / width) + epsilon));

    private static float Sum(float* a, float* b, int width)
    {
        (Vector256<float> even, Vector256<float> odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
        int i = 0;
        for (; i + (2 * Vector256<float>.Count) <= width; i += 2 * Vector256<float>.Count)
        {
            int next = i + Vector256<float>.Count;
            even = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), even);
            odd = Vector256.FusedMultiplyAdd(Vector256.Load(a + next), Vector256.Load(b + next), odd);
        }

        float sum = Vector256.Sum(even + odd);
        for (; i < width; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static float Sum(float* a, float* b, float* c, int width)
    {
        Vector256<float> lanes = Vector256<float>.Zero;
        int i = 0;
        for (; i + Vector256<float>.Count <= width; i += Vector256<float>.Count)
        {
            lanes = Vector256.FusedMultiplyAdd(Vector256.Load(a + i) * Vector256.Load(b + i), Vector256.Load(c + i), lanes);
        }

        float sum = Vector256.Sum(lanes);
        for (; i < width; i++)
        {
            sum += a[i] * b[i] * c[i];
        }

        return sum;
    }
}
