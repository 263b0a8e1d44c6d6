using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>silu(g) ∘ u</c>, the activation of a gated feed-forward network (Shazeer 2020, arXiv 2002.05202). Only <c>g</c> and <c>u</c> are saved; in
/// host memory, each pass reads them once.
/// </summary>
internal sealed class GatedSilu : autograd.SingleTensorFunction<GatedSilu>
{
    // Elements that stay together on one thread: where vectors begin and end, and so the last bits, does not depend on the number of threads.
    private const int Block = 64;

    public override string Name => nameof(GatedSilu);

    /// <param name="gate">The gate <c>g</c> […, width].</param>
    /// <param name="up">The values <c>u</c>, of the same shape.</param>
    internal static Tensor Of(Tensor gate, Tensor up) => Recomputation.IsOn
        ? Recomputation.Of([gate, up], static sources => Activated(sources[0], sources[1]))
        : Activated(gate, up);

    private static Tensor Activated(Tensor gate, Tensor up) =>
        is_grad_enabled() && (gate.requires_grad || up.requires_grad) ? FunctionMemory.WithoutSpare(apply(gate, up)) : Forward(gate, up);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (gate, up) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([gate, up]);
        return FunctionMemory.EndForward(ctx, Forward(gate, up));
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor ofGate, Tensor ofUp) = Gradients(saved[0], saved[1], grad_output.contiguous());
        return FunctionMemory.EndBackward([grad_output], [ofGate, ofUp]);
    }

    private static bool Fits(Tensor gate, Tensor up) => RowKernel.Fits(gate) && RowKernel.Fits(up);

    private static unsafe (Tensor OfGate, Tensor OfUp) Gradients(Tensor gate, Tensor up, Tensor gradient)
    {
        if (!Fits(gate, up) || !RowKernel.Fits(gradient))
        {
            return (ActivationFunctions.Gradient(Activation.Swish, gradient.mul(up), gate), nn.functional.silu(gate).mul_(gradient));
        }

        Tensor gateGradient = empty_like(gate);
        Tensor upGradient = empty_like(up);
        float* left = RowKernel.Pointer(gate);
        float* right = RowKernel.Pointer(up);
        float* given = RowKernel.Pointer(gradient);
        float* toGate = RowKernel.Pointer(gateGradient);
        float* toUp = RowKernel.Pointer(upGradient);
        long count = gate.numel();
        BlockRange.Run(count, Block, (from, to) => GatedSiluKernel.Backward(left, right, given, toGate, toUp, from * Block, Math.Min(to * Block, count)));
        return (gateGradient, upGradient);
    }

    private static unsafe Tensor Forward(Tensor gate, Tensor up)
    {
        if (!Fits(gate, up))
        {
            using Tensor activated = nn.functional.silu(gate);
            return activated.mul(up);
        }

        Tensor output = empty_like(gate, requires_grad: false);
        float* left = RowKernel.Pointer(gate);
        float* right = RowKernel.Pointer(up);
        float* target = RowKernel.Pointer(output);
        long count = gate.numel();
        BlockRange.Run(count, Block, (from, to) => GatedSiluKernel.Forward(left, right, target, from * Block, Math.Min(to * Block, count)));
        return output;
    }
}
