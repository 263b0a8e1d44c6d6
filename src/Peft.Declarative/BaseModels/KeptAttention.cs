using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Attention in float32 that keeps queries, keys, values and its output in bfloat16, with the kernels of libtorch. It computes with the numbers that it keeps, so that
/// the weights of a backward pass are those of the forward pass, and their sum is 1.
/// </summary>
internal sealed class KeptAttention : autograd.SingleTensorFunction<KeptAttention>
{
    private const int Mask = 5;   // its place among the saved tensors, the last

    public override string Name => nameof(KeptAttention);

    /// <summary>Whether the function computes attention between these tensors.</summary>
    /// <param name="queries">The queries [batch, heads, time, width].</param>
    /// <param name="keys">The keys [batch, groups, keys, width].</param>
    /// <param name="values">The values, of the same shape.</param>
    /// <param name="mask">What is added to the scores; <see langword="null"/> for nothing.</param>
    internal static bool Applies(Tensor queries, Tensor keys, Tensor values, Tensor? mask) =>
        KeptActivations.AreNarrow
        && queries.dtype == ScalarType.Float32 && queries.device_type == DeviceType.CPU && queries.numel() > 0
        && FusedAttention.FitTogether(queries, keys, values)   // libtorch's kernel, called without its operator, does not look at all of it
        && mask is not { requires_grad: true };

    /// <summary>Computes the weighted values [batch, heads, time, width].</summary>
    internal static Tensor Of(Tensor queries, Tensor keys, Tensor values, AttentionMask mask, double scale) =>
        FunctionMemory.WithoutSpare(apply(queries, keys, values, mask.Added!, mask.Causal, scale));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor queries, Tensor keys, Tensor values) = (Kept((Tensor)vars[0]), Kept((Tensor)vars[1]), Kept((Tensor)vars[2]));
        (Tensor? mask, bool causal, double scale) = ((Tensor?)vars[3], (bool)vars[4], (double)vars[5]);
        (Tensor output, Tensor logSums) = Operators.AttentionWithSums(Wide(queries), Wide(keys), Wide(values), mask, causal, scale);
        List<Tensor> saved = [queries, keys, values, Kept(output), logSums.MoveToOuterDisposeScope()];
        if (mask is not null)
        {
            saved.Add(mask);
        }

        ctx.save_for_backward(saved);
        ctx.save_data(nameof(causal), causal);
        ctx.save_data(nameof(scale), scale);
        return FunctionMemory.EndForward(ctx, output.MoveToOuterDisposeScope());
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor? mask = saved.Count > Mask ? saved[Mask] : null;
        Tensor[] gradients = Operators.AttentionGradients(
            grad_output, Wide(saved[0]), Wide(saved[1]), Wide(saved[2]), Wide(saved[3]), saved[4], mask, (bool)ctx.get_data("causal"), (double)ctx.get_data("scale"));
        return FunctionMemory.EndBackward(grad_output, [.. gradients, null!, null!, null!]);
    }

    private static Tensor Wide(Tensor kept) => KeptActivations.Wide(kept);

    // Saved after the function returns, so it must outlive its dispose scope.
    private static Tensor Kept(Tensor x) => KeptActivations.Of(x).MoveToOuterDisposeScope();
}
