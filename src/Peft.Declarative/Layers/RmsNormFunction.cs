using System.Buffers;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>w · x / √(mean(x²) + ε)</c> over the last dimension, in one pass forward and one backward. Only <c>x</c> and <c>w</c> are saved. Zhang, Sennrich 2019,
/// arXiv 1910.07467.
/// </summary>
internal sealed class RmsNormFunction : autograd.SingleTensorFunction<RmsNormFunction>
{
    public override string Name => nameof(RmsNormFunction);

    /// <param name="input">The input […, width], for which <see cref="RowKernel.Fits"/>.</param>
    /// <param name="weight">The weight [width], likewise.</param>
    /// <param name="epsilon">The number that is added to the mean of squares.</param>
    internal static Tensor Of(Tensor input, Tensor weight, double epsilon) => is_grad_enabled() && (input.requires_grad || weight.requires_grad)
        ? FunctionMemory.WithoutSpare(apply(input, weight, epsilon))
        : Forward(input, weight, epsilon);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (input, weight, epsilon) = ((Tensor)vars[0], (Tensor)vars[1], (double)vars[2]);
        ctx.save_for_backward([KeptActivations.Of(input), weight]);
        ctx.save_data(nameof(epsilon), epsilon);
        return FunctionMemory.EndForward(ctx, Forward(input, weight, epsilon));
    }

    public override unsafe List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        double epsilon = (double)ctx.get_data("epsilon");
        Tensor gradient = grad_output.contiguous();
        Tensor inputGradient = empty_like(gradient);
        int width = (int)saved[1].numel();
        float* w = RowKernel.Pointer(saved[1]);
        float* given = RowKernel.Pointer(gradient);
        float* result = RowKernel.Pointer(inputGradient);
        if (saved[0].dtype == ScalarType.BFloat16)
        {
            BlockRange.Run(saved[0].numel(), width, new NarrowBackwardRows((ushort*)RawTensor.Address(saved[0]), w, given, result, width, epsilon));
        }
        else
        {
            BlockRange.Run(saved[0].numel(), width, new BackwardRows(RowKernel.Pointer(saved[0]), w, given, result, width, epsilon));
        }

        Tensor? weightGradient = saved[1].requires_grad ? WeightGradient(KeptActivations.Wide(saved[0]), gradient, epsilon) : null;
        return FunctionMemory.EndBackward(grad_output, [inputGradient, weightGradient!, null!]);
    }

    private static Tensor WeightGradient(Tensor input, Tensor gradient, double epsilon)
    {
        Tensor scale = input.pow(Scalars.Of(2)).mean([-1], keepdim: true).add_(Scalars.Of(epsilon), Scalars.One).rsqrt_();
        return (gradient * input).mul_(scale).view(-1, input.size(-1)).sum(dim: 0);
    }

    private static unsafe Tensor Forward(Tensor input, Tensor weight, double epsilon)
    {
        Tensor output = empty_like(input, requires_grad: false);
        int width = (int)weight.numel();
        float* x = RowKernel.Pointer(input);
        float* w = RowKernel.Pointer(weight);
        float* y = RowKernel.Pointer(output);
        BlockRange.Run(input.numel(), width, new ForwardRows(x, w, y, width, epsilon));
        GC.KeepAlive(input);
        GC.KeepAlive(weight);
        return output;
    }

    private readonly unsafe struct ForwardRows(float* x, float* w, float* y, int width, double epsilon) : IBlockKernel
    {
        public void Run(long from, long to) => RmsNormKernel.Forward(x, w, y, width, epsilon, from, to);
    }

    private readonly unsafe struct BackwardRows(float* x, float* w, float* given, float* result, int width, double epsilon) : IBlockKernel
    {
        public void Run(long from, long to) => RmsNormKernel.Backward(x, w, given, result, width, epsilon, from, to);
    }

    private readonly unsafe struct NarrowBackwardRows(ushort* x, float* w, float* given, float* result, int width, double epsilon) : IBlockKernel
    {
        public void Run(long from, long to)
        {
            float[] wide = ArrayPool<float>.Shared.Rent(width);
            fixed (float* row = wide)
            {
                for (long i = from; i < to; i++)
                {
                    BFloat16Elements.Widen(x + (i * width), row, width);
                    RmsNormKernel.Backward(row, w, given + (i * width), result + (i * width), width, epsilon, 0, 1);
                }
            }

            ArrayPool<float>.Shared.Return(wide);
        }
    }
}
