using System.Runtime.Intrinsics;
using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>The rotation of queries or keys in one pass, and the opposite one in the backward pass. Only cosines and sines are saved.</summary>
internal sealed unsafe class RotaryFunction : autograd.SingleTensorFunction<RotaryFunction>
{
    public override string Name => nameof(RotaryFunction);

    /// <summary>Whether the function can be used.</summary>
    /// <param name="x">Queries or keys [batch, time, heads · width].</param>
    /// <param name="cosine">The cosines [batch or 1, 1, time, width].</param>
    /// <param name="sine">The sines, of the same shape.</param>
    internal static bool Fits(Tensor x, Tensor cosine, Tensor sine) =>
        RowKernel.Fits(x) && RowKernel.Fits(cosine) && RowKernel.Fits(sine)
        && cosine.size(2) == x.size(1) && (cosine.size(0) == 1 || cosine.size(0) == x.size(0)) && cosine.numel() == sine.numel();

    /// <summary>Rotates the heads of queries or keys, for which <see cref="Fits"/>.</summary>
    internal static Tensor Of(Tensor x, Tensor cosine, Tensor sine) => is_grad_enabled() && x.requires_grad
        ? FunctionMemory.WithoutSpare(apply(x, cosine, sine))
        : Turn(x, cosine, sine, ofGradient: false);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (cosine, sine) = ((Tensor)vars[1], (Tensor)vars[2]);
        ctx.save_for_backward([cosine, sine]);
        return FunctionMemory.EndForward(ctx, Turn((Tensor)vars[0], cosine, sine, ofGradient: false));
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor gradient = Turn(grad_output.contiguous(), saved[0], saved[1], ofGradient: true);
        return FunctionMemory.EndBackward(grad_output, [gradient, null!, null!]);
    }

    private static Tensor Turn(Tensor x, Tensor cosine, Tensor sine, bool ofGradient)
    {
        Tensor result = empty_like(x, requires_grad: false);
        int width = (int)cosine.size(3);
        long heads = x.size(2) / width;
        long positions = cosine.numel() / width;   // of one row, or of all
        float* from = RowKernel.Pointer(x);
        float* to = RowKernel.Pointer(result);
        float* c = RowKernel.Pointer(cosine);
        float* s = RowKernel.Pointer(sine);
        BlockRange.Run(x.numel(), width, (first, end) =>
        {
            for (long head = first; head < end; head++)
            {
                long angle = head / heads % positions * width;
                Turn(from + (head * width), c + angle, s + angle, to + (head * width), width / 2, ofGradient);
            }
        });
        return result;
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
