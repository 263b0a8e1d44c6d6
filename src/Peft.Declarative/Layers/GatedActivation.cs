using System.Runtime.Intrinsics;
using Peft.Declarative.Native;
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
    /// <param name="up">The values <c>u</c>, of the same shape; of another one, libtorch repeats them or refuses them.</param>
    /// <remarks>What is kept in bfloat16 is rounded before, so that what is computed again from it is the same.</remarks>
    internal static Tensor Of(Activation activation, Tensor gate, Tensor up)
    {
        (gate, up) = (KeptActivations.Of(gate), KeptActivations.Of(up));
        bool widens = Widens(gate);
        return Recomputation.IsOn ? Remembered(activation, gate, up, widens) : Activated(activation, gate, up, widens);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (activation, gate, up) = ((Activation)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        ctx.save_for_backward([gate, up]);
        ctx.save_data(nameof(Activation), vars[0]);
        return FunctionMemory.EndForward(ctx, Forward(activation, gate, up, Widens(gate)));
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        var activation = (Activation)ctx.get_data(nameof(Activation));
        (Tensor ofGate, Tensor ofUp) = Gradients(activation, saved[0], saved[1], grad_output.contiguous(), widens: grad_output.dtype != saved[0].dtype);
        return FunctionMemory.EndBackward(grad_output, [null!, ofGate, ofUp]);
    }

    // Where bfloat16 is not the type of the computation, the output is float32.
    private static bool Widens(Tensor gate) => KeptActivations.AreNarrow && gate.dtype == ScalarType.BFloat16;

    private static Tensor Remembered(Activation activation, Tensor gate, Tensor up, bool widens) =>
        Recomputation.Of([gate, up], sources => Activated(activation, sources[0], sources[1], widens));

    private static Tensor Activated(Activation activation, Tensor gate, Tensor up, bool widens) =>
        is_grad_enabled() && (gate.requires_grad || up.requires_grad)
            ? FunctionMemory.WithoutSpare(apply(activation, gate, up))
            : Forward(activation, gate, up, widens);

    private static bool Fits(Activation activation, Tensor gate, Tensor up, bool widens)
    {
        ScalarType type = widens ? ScalarType.BFloat16 : ScalarType.Float32;
        return activation is Activation.Swish or Activation.GeluTanh && RowKernel.Fits(gate, type) && RowKernel.Fits(up, type) && TensorSizes.AreSame(gate, up);
    }

    private static unsafe Tensor Forward(Activation activation, Tensor gate, Tensor up, bool widens)
    {
        if (!Fits(activation, gate, up, widens))
        {
            using DisposeScope scope = NewDisposeScope();
            (gate, up) = widens ? (KeptActivations.Wide(gate), KeptActivations.Wide(up)) : (gate, up);
            return (ActivationFunctions.Of(activation)(gate) * up).MoveToOuterDisposeScope();
        }

        Tensor output = empty_like(gate, widens ? ScalarType.Float32 : gate.dtype, requires_grad: false);
        long count = gate.numel();
        if (widens)
        {
            BlockRange.Run(count, Block, new NarrowBlocks(Narrow(activation, gate, up) with { Output = RowKernel.Pointer(output) }, count));
        }
        else
        {
            var elements = new GatedElements(RowKernel.Pointer(gate), RowKernel.Pointer(up), 0, count) { Output = RowKernel.Pointer(output) };
            BlockRange.Run(count, Block, new Blocks(activation, elements));
        }

        GC.KeepAlive(gate);
        GC.KeepAlive(up);
        return output;
    }

    private static unsafe (Tensor OfGate, Tensor OfUp) Gradients(Activation activation, Tensor gate, Tensor up, Tensor gradient, bool widens)
    {
        if (!Fits(activation, gate, up, widens) || !RowKernel.Fits(gradient))
        {
            (Tensor g, Tensor u) = widens ? (KeptActivations.Wide(gate), KeptActivations.Wide(up)) : (gate, up);
            (Tensor ofGate, Tensor ofUp) = (ActivationFunctions.Gradient(activation, gradient.mul(u), g), ActivationFunctions.Of(activation)(g).mul(gradient));
            return (ofGate.to(gate.dtype), ofUp.to(up.dtype));
        }

        Tensor gateGradient = empty_like(gate);
        Tensor upGradient = empty_like(up);
        long count = gate.numel();
        if (widens)
        {
            NarrowGatedElements narrow = Narrow(activation, gate, up) with
            {
                Gradient = RowKernel.Pointer(gradient),
                GateGradient = (ushort*)RawTensor.Address(gateGradient),
                UpGradient = (ushort*)RawTensor.Address(upGradient),
            };
            BlockRange.Run(count, Block, new NarrowBlocks(narrow, count));
            return (gateGradient, upGradient);
        }

        var elements = new GatedElements(RowKernel.Pointer(gate), RowKernel.Pointer(up), 0, count)
        {
            Gradient = RowKernel.Pointer(gradient),
            GateGradient = RowKernel.Pointer(gateGradient),
            UpGradient = RowKernel.Pointer(upGradient),
        };
        BlockRange.Run(count, Block, new Blocks(activation, elements));
        return (gateGradient, upGradient);
    }

    private static unsafe NarrowGatedElements Narrow(Activation activation, Tensor gate, Tensor up) =>
        new(activation, (ushort*)RawTensor.Address(gate), (ushort*)RawTensor.Address(up));

    /// <summary>Runs the kernel of an activation.</summary>
    internal static void Run(Activation activation, GatedElements elements)
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

    private readonly struct NarrowBlocks(NarrowGatedElements all, long count) : IBlockKernel
    {
        public void Run(long from, long to) => all.Run(from * Block, Math.Min(to * Block, count));
    }
}
