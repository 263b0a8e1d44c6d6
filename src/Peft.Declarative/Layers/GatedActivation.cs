using System.Runtime.Intrinsics;
using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>f(g) ∘ u</c>, the activation of a gated feed-forward network (Shazeer 2020, arXiv 2002.05202). Only <c>g</c> and <c>u</c> are saved; in host memory,
/// each pass reads them once where there is a kernel for <c>f</c>.
/// </summary>
internal sealed class GatedActivation : autograd.SingleTensorFunction<GatedActivation>
{
    // Elements that stay together on one thread, so that only the last ones do not fill a vector.
    private const int Block = 64;

    public override string Name => nameof(GatedActivation);

    /// <param name="activation">The activation <c>f</c>.</param>
    /// <param name="gate">The gate <c>g</c> […, width].</param>
    /// <param name="up">The values <c>u</c>, of the same shape.</param>
    internal static Tensor Of(Activation activation, Tensor gate, Tensor up) =>
        Recomputation.IsOn ? Remembered(activation, gate, up) : Activated(activation, gate, up);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (activation, gate, up) = ((Activation)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        ctx.save_for_backward([gate, up]);
        ctx.save_data(nameof(Activation), vars[0]);
        return FunctionMemory.EndForward(ctx, Forward(activation, gate, up));
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        var activation = (Activation)ctx.get_data(nameof(Activation));
        (Tensor ofGate, Tensor ofUp) = Gradients(activation, saved[0], saved[1], grad_output.contiguous());
        return FunctionMemory.EndBackward(grad_output, [null!, ofGate, ofUp]);
    }

    private static Tensor Remembered(Activation activation, Tensor gate, Tensor up) =>
        Recomputation.Of([gate, up], sources => Activated(activation, sources[0], sources[1]));

    private static Tensor Activated(Activation activation, Tensor gate, Tensor up) =>
        is_grad_enabled() && (gate.requires_grad || up.requires_grad) ? FunctionMemory.WithoutSpare(apply(activation, gate, up)) : Forward(activation, gate, up);

    private static bool Fits(Activation activation, Tensor gate, Tensor up) =>
        activation is Activation.Swish or Activation.GeluTanh && RowKernel.Fits(gate) && RowKernel.Fits(up);

    private static unsafe Tensor Forward(Activation activation, Tensor gate, Tensor up)
    {
        if (!Fits(activation, gate, up))
        {
            using DisposeScope scope = NewDisposeScope();
            return (ActivationFunctions.Of(activation)(gate) * up).MoveToOuterDisposeScope();
        }

        Tensor output = empty_like(gate, requires_grad: false);
        long count = gate.numel();
        var elements = new GatedElements(RowKernel.Pointer(gate), RowKernel.Pointer(up), 0, count) { Output = RowKernel.Pointer(output) };
        BlockRange.Run(count, Block, new Blocks(activation, elements));
        return output;
    }

    private static unsafe (Tensor OfGate, Tensor OfUp) Gradients(Activation activation, Tensor gate, Tensor up, Tensor gradient)
    {
        if (!Fits(activation, gate, up) || !RowKernel.Fits(gradient))
        {
            return (ActivationFunctions.Gradient(activation, gradient.mul(up), gate), ActivationFunctions.Of(activation)(gate).mul(gradient));
        }

        Tensor gateGradient = empty_like(gate);
        Tensor upGradient = empty_like(up);
        long count = gate.numel();
        var elements = new GatedElements(RowKernel.Pointer(gate), RowKernel.Pointer(up), 0, count)
        {
            Gradient = RowKernel.Pointer(gradient),
            GateGradient = RowKernel.Pointer(gateGradient),
            UpGradient = RowKernel.Pointer(upGradient),
        };
        BlockRange.Run(count, Block, new Blocks(activation, elements));
        return (gateGradient, upGradient);
    }

    private static void Run(Activation activation, GatedElements elements)
    {
        if (Lanes16.IsSupported)
        {
            Run<Lanes16, Vector512<float>>(activation, elements);
        }
        else
        {
            Run<Lanes8, Vector256<float>>(activation, elements);
        }
    }

    private static void Run<TLanes, TVector>(Activation activation, GatedElements elements)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        if (activation == Activation.Swish)
        {
            GatedActivationKernel<SiluExponent<TLanes, TVector>, TLanes, TVector>.Run(elements);
        }
        else
        {
            GatedActivationKernel<GeluTanhExponent<TLanes, TVector>, TLanes, TVector>.Run(elements);
        }
    }

    private readonly struct Blocks(Activation activation, GatedElements all) : IBlockKernel
    {
        public void Run(long from, long to) => GatedActivation.Run(activation, all.Between(from * Block, Math.Min(to * Block, all.To)));
    }
}
