using System.Runtime.Intrinsics;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>The rotation of queries, keys or both in one pass, and the opposite one in the backward pass. Only cosines and sines are saved.</summary>
internal sealed unsafe class RotaryFunction : autograd.MultiTensorFunction<RotaryFunction>
{
    public override string Name => nameof(RotaryFunction);

    /// <summary>Whether the function can be used.</summary>
    /// <param name="x">Queries or keys [batch, time, heads · width].</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="cosine">The cosines [batch or 1, 1, time, width].</param>
    /// <param name="sine">The sines, of the same shape.</param>
    internal static bool Fits(Tensor x, long heads, Tensor cosine, Tensor sine) =>
        RowKernel.Fits(x) && RowKernel.Fits(cosine) && RowKernel.Fits(sine)
        && x.size(2) == heads * cosine.size(3) && cosine.size(2) == x.size(1) && (cosine.size(0) == 1 || cosine.size(0) == x.size(0)) && cosine.numel() == sine.numel();

    /// <summary>Rotates the heads of queries or keys, for which <see cref="Fits"/>.</summary>
    internal static Tensor Of(Tensor x, Tensor cosine, Tensor sine) => is_grad_enabled() && x.requires_grad
        ? FunctionMemory.WithoutSpare(apply(cosine, sine, x))[0]
        : Turn(x, cosine, sine, ofGradient: false);

    /// <summary>Rotates the heads of both, which have gradients: one function costs TorchSharp less than two.</summary>
    internal static (Tensor Queries, Tensor Keys) Of(Tensor queries, Tensor keys, Tensor cosine, Tensor sine)
    {
        List<Tensor> turned = FunctionMemory.WithoutSpare(apply(cosine, sine, queries, keys));
        return (turned[0], turned[1]);
    }

    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (cosine, sine) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([cosine, sine]);
        List<Tensor> turned = new(2);
        for (int i = 2; i < vars.Length; i++)
        {
            turned.Add(Turn((Tensor)vars[i], cosine, sine, ofGradient: false));
        }

        return FunctionMemory.EndForward(ctx, turned);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        List<Tensor> result = new(4) { null!, null! };
        foreach (Tensor gradient in grad_outputs)
        {
            result.Add(Turn(gradient.contiguous(), saved[0], saved[1], ofGradient: true));
        }

        return FunctionMemory.EndBackward(grad_outputs, result);
    }

    private static Tensor Turn(Tensor x, Tensor cosine, Tensor sine, bool ofGradient)
    {
        Tensor result = empty_like(x, requires_grad: false);
        int width = (int)cosine.size(3);
        long heads = x.size(2) / width;
        long positions = cosine.numel() / width;   // of one row, or of all
        BlockRange.Run(x.numel(), width, new Heads(
            RowKernel.Pointer(x), RowKernel.Pointer(cosine), RowKernel.Pointer(sine), RowKernel.Pointer(result), width, heads, positions, ofGradient));
        GC.KeepAlive(x);
        GC.KeepAlive(cosine);
        GC.KeepAlive(sine);
        return result;
    }

    private readonly struct Heads(float* x, float* cosine, float* sine, float* result, int width, long heads, long positions, bool ofGradient) : IBlockKernel
    {
        public void Run(long from, long to)
        {
            for (long head = from; head < to; head++)
            {
                long angle = head / heads % positions * width;
                Turn(x + (head * width), cosine + angle, sine + angle, result + (head * width), width / 2, ofGradient);
            }
        }
    }

    // The halves become x₁ c₁ − x₂ s₁ and x₂ c₂ + x₁ s₂. The gradients are g₁ c₁ + g₂ s₂ and g₂ c₂ − g₁ s₁.
    private static void Turn(float* x, float* cosine, float* sine, float* result, int half, bool ofGradient)
    {
        float sign = ofGradient ? 1 : -1;
        float* toFirst = ofGradient ? sine + half : sine;
        float* toSecond = ofGradient ? sine : sine + half;
        int i = 0;
        for (; i + Vector256<float>.Count <= half; i += Vector256<float>.Count)
        {
            Vector256<float> first = Vector256.Load(x + i);
            Vector256<float> second = Vector256.Load(x + half + i);
            Vector256.Store((first * Vector256.Load(cosine + i)) + (second * Vector256.Load(toFirst + i) * sign), result + i);
            Vector256.Store((second * Vector256.Load(cosine + half + i)) - (first * Vector256.Load(toSecond + i) * sign), result + half + i);
        }

        for (; i < half; i++)
        {
            result[i] = (x[i] * cosine[i]) + (x[half + i] * toFirst[i] * sign);
            result[half + i] = (x[half + i] * cosine[half + i]) - (x[i] * toSecond[i] * sign);
        }
    }
}
