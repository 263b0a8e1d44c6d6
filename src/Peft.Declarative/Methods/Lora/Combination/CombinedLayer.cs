using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora.Combination;

/// <summary>The new factors of one layer, with the norms from which the error is computed.</summary>
/// <param name="Path">The checkpoint name of the layer.</param>
/// <param name="Factors">The factors, with a scaling of 1.</param>
/// <param name="Bias">The bias of <c>B</c> [out], or <see langword="null"/>.</param>
/// <param name="Error">The Frobenius norm of what the factors lack.</param>
/// <param name="Norm">The Frobenius norm of the whole change.</param>
internal sealed record CombinedLayer(string Path, LowRankFactors Factors, Tensor? Bias, double Error, double Norm)
{
    internal double RelativeError => Norm == 0 ? 0 : Error / Norm;

    /// <summary>Combines the changes of one layer.</summary>
    /// <param name="path">The checkpoint name of the layer.</param>
    /// <param name="changes">The changes, one per adapter that adapts this layer.</param>
    /// <param name="combination">How.</param>
    /// <param name="rank">The rank; <see langword="null"/> for the exact sum.</param>
    /// <param name="random">The source of what DARE drops.</param>
    internal static CombinedLayer Of(
        string path, IReadOnlyList<LayerChange> changes, LoraCombination combination, int? rank, TorchSharp.torch.Generator random)
    {
        Tensor? bias = Biases(changes);
        changes = [.. changes.Where(change => change.ChangesWeight)];
        if (combination.Space == CombinationSpace.Factors)
        {
            LowRankFactors product = OfFactors(changes, combination, random);
            return new CombinedLayer(path, product, bias, 0, product.Norm());
        }

        if (combination.Operator == CombinationOperator.Linear && !combination.ScalesTwice && changes.All(change => change.LowRank is not null))
        {
            var sum = LowRankFactors.Concatenate([.. changes.Select(change => change.Factors! with { B = change.Factors!.B * Scalars.Of(change.Weight) })]);
            (LowRankFactors kept, double lost) = rank is { } wanted && wanted < sum.Rank ? sum.Truncate(wanted) : (sum, 0);
            return new CombinedLayer(path, kept, bias, lost, sum.Norm());
        }

        Tensor delta = TaskVectors.Combine([.. changes.Select(change => change.Delta())], Weights(changes, combination), combination, random);
        (LowRankFactors factors, double error) = LowRankFactors.Truncate(delta, rank!.Value);
        return new CombinedLayer(path, factors, bias, error, delta.norm().to(ScalarType.Float64).item<double>());
    }

    private static IReadOnlyList<double> Weights(IReadOnlyList<LayerChange> changes, LoraCombination combination) =>
        [.. changes.Select(change => combination.ScalesTwice ? change.Weight * (change.LowRank?.Scaling ?? 1) : change.Weight)];

    // The sign goes to A, and the root of the size to both, as in Hugging Face PEFT.
    private static LowRankFactors OfFactors(IReadOnlyList<LayerChange> changes, LoraCombination combination, TorchSharp.torch.Generator random)
    {
        double[] shares = [.. changes.Select(change => change.Weight * change.LowRank!.Scaling)];
        double[] roots = [.. shares.Select(share => Math.Sqrt(Math.Abs(share)))];
        Tensor a = TaskVectors.Combine(
            [.. changes.Select(change => change.LowRank!.A.detach())], [.. shares.Zip(roots, (share, root) => share < 0 ? -root : root)], combination, random);
        Tensor b = TaskVectors.Combine([.. changes.Select(change => change.LowRank!.B.detach())], roots, combination, random);
        return new LowRankFactors(a, b);
    }

    private static Tensor? Biases(IReadOnlyList<LayerChange> changes)
    {
        Tensor? sum = null;
        foreach (LayerChange change in changes)
        {
            if (change.BiasDelta() is { } bias)
            {
                sum = sum is null ? bias * Scalars.Of(change.Weight) : sum.add(bias, Scalars.Of(change.Weight));
            }
        }

        return sum;
    }
}
