using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora.Combination;

/// <summary>The operators on tensors of one shape, one per adapter. Every result is new and in the caller's dispose scope.</summary>
internal static class TaskVectors
{
    /// <summary>Combines tensors.</summary>
    /// <param name="tensors">One tensor per adapter, all of one shape.</param>
    /// <param name="weights">One weight per tensor.</param>
    /// <param name="combination">The operator with its density and signs.</param>
    /// <param name="random">The source of what DARE drops.</param>
    internal static Tensor Combine(
        IReadOnlyList<Tensor> tensors, IReadOnlyList<double> weights, LoraCombination combination, TorchSharp.torch.Generator random)
    {
        double density = combination.Density;
        return combination.Operator switch
        {
            CombinationOperator.Linear => Sum(tensors, weights),
            CombinationOperator.MagnitudePrune => Sum(Pruned(tensors, density), weights),
            CombinationOperator.DareLinear => Sum(Dropped(tensors, density, random), weights),
            CombinationOperator.Ties => Elected(Pruned(tensors, density), weights, combination.MajoritySign),
            _ => Elected(Dropped(tensors, density, random), weights, combination.MajoritySign),
        };
    }

    private static Tensor Sum(IReadOnlyList<Tensor> tensors, IReadOnlyList<double> weights)
    {
        Tensor sum = tensors[0] * Scalars.Of(weights[0]);
        for (int i = 1; i < tensors.Count; i++)
        {
            sum.add_(tensors[i], Scalars.Of(weights[i]));
        }

        return sum;
    }

    private static IReadOnlyList<Tensor> Pruned(IReadOnlyList<Tensor> tensors, double density) => [.. tensors.Select(tensor => Pruned(tensor, density))];

    private static Tensor Pruned(Tensor tensor, double density)
    {
        if (density >= 1)
        {
            return tensor;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor flat = tensor.reshape(-1);
        (_, Tensor kept) = flat.abs().topk((int)(density * flat.numel()));
        return zeros_like(flat).index_copy_(0, kept, flat.index_select(0, kept)).view_as(tensor).MoveToOuterDisposeScope();
    }

    private static IReadOnlyList<Tensor> Dropped(IReadOnlyList<Tensor> tensors, double density, TorchSharp.torch.Generator random) =>
        density >= 1 ? tensors : [.. tensors.Select(tensor => bernoulli(full_like(tensor, Scalars.Of(density)), random).mul_(tensor).div_(Scalars.Of(density)))];

    // The sign with the greater total, or count, wins; adapters that agree are averaged after they are weighted.
    private static Tensor Elected(IReadOnlyList<Tensor> tensors, IReadOnlyList<double> weights, MajoritySign majority)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor all = stack(tensors, 0);
        Tensor votes = (majority == MajoritySign.Total ? all : all.sign()).sum(dim: 0, keepdim: true);
        Tensor elected = where(votes.ge(Scalars.Of(0)), ones_like(votes), -ones_like(votes));
        Tensor agrees = all.sign().eq(elected);
        long[] shape = [weights.Count, .. Enumerable.Repeat(1L, (int)tensors[0].dim())];
        Tensor weighted = all * tensor(weights.ToArray(), dtype: all.dtype, device: all.device).view(shape);
        return ((weighted * agrees).sum(dim: 0) / agrees.sum(dim: 0).clamp(min: Scalars.Of(1))).MoveToOuterDisposeScope();
    }
}
