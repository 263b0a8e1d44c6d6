using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Exp = Peft.Declarative.Layers.VectorExp<Peft.Declarative.Layers.Lanes8, System.Runtime.Intrinsics.Vector256<float>>;

namespace Peft.Declarative.Layers;

/// <summary>The elements of <see cref="GatedSilu"/>, with <c>silu(g) = g · σ(g)</c> and <c>σ(g) = 1 / (1 + e⁻ᵍ)</c>.</summary>
internal static unsafe class GatedSiluKernel
{
    /// <summary>Computes <c>g σ(g) u</c> for the elements from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    internal static void Forward(float* gate, float* up, float* output, long from, long to)
    {
        long i = from;
        for (; i + Vector256<float>.Count <= to; i += Vector256<float>.Count)
        {
            Vector256<float> g = Vector256.Load(gate + i);
            Vector256.Store(g * Sigmoid(g) * Vector256.Load(up + i), output + i);
        }

        for (; i < to; i++)
        {
            output[i] = gate[i] * Sigmoid(gate[i]) * up[i];
        }
    }

    /// <summary>Computes the gradients of both: <c>y' u σ (1 + g (1 − σ))</c> and <c>y' g σ</c>.</summary>
    internal static void Backward(float* gate, float* up, float* gradient, float* toGate, float* toUp, long from, long to)
    {
        long i = from;
        for (; i + Vector256<float>.Count <= to; i += Vector256<float>.Count)
        {
            Vector256<float> g = Vector256.Load(gate + i);
            Vector256<float> s = Sigmoid(g);
            Vector256<float> scaled = Vector256.Load(gradient + i) * s;
            Vector256.Store(scaled * Vector256.Load(up + i) * Vector256.FusedMultiplyAdd(g, Vector256<float>.One - s, Vector256<float>.One), toGate + i);
            Vector256.Store(scaled * g, toUp + i);
        }

        for (; i < to; i++)
        {
            float s = Sigmoid(gate[i]);
            toGate[i] = gradient[i] * s * up[i] * (1 + (gate[i] * (1 - s)));
            toUp[i] = gradient[i] * s * gate[i];
        }
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Sigmoid(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + Exp.Of(-x));
}
