using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora.Combination;

/// <summary>A change of a weight [out, in] as a product <c>B A</c>.</summary>
/// <param name="A">[rank, in].</param>
/// <param name="B">[out, rank].</param>
internal sealed record LowRankFactors(Tensor A, Tensor B)
{
    internal long Rank => A.size(0);

    /// <summary>Puts factors beside each other: the product is the sum of the products, exactly.</summary>
    internal static LowRankFactors Concatenate(IReadOnlyList<LowRankFactors> terms) =>
        new(cat([.. terms.Select(term => term.A)], 0), cat([.. terms.Select(term => term.B)], 1));

    /// <summary>The closest product of a rank to a dense change. Eckart and Young 1936.</summary>
    /// <param name="delta">[out, in].</param>
    /// <param name="rank">At most the smaller size.</param>
    internal static (LowRankFactors Factors, double Error) Truncate(Tensor delta, int rank)
    {
        (Tensor u, Tensor s, Tensor vh) = linalg.svd(delta, fullMatrices: false);
        return Cut(u, s, vh, rank);
    }

    /// <summary>
    /// The closest product of a smaller rank. The decomposition is that of a small matrix between two orthogonal bases, so no dense change is made.
    /// </summary>
    internal (LowRankFactors Factors, double Error) Truncate(int rank)
    {
        (Tensor left, Tensor upper) = linalg.qr(B);
        (Tensor right, Tensor lower) = linalg.qr(A.t());
        (Tensor u, Tensor s, Tensor vh) = linalg.svd(upper.mm(lower.t()), fullMatrices: false);
        return Cut(left.mm(u), s, vh.mm(right.t()), rank);
    }

    /// <summary>The Frobenius norm of the product, without making it.</summary>
    internal double Norm() => Math.Sqrt(Math.Max(0, (B.t().mm(B) * A.mm(A.t())).sum().to(ScalarType.Float64).item<double>()));

    // The error is the norm of what is cut off, which is orthogonal to the rest.
    private static (LowRankFactors, double) Cut(Tensor u, Tensor s, Tensor vh, int rank)
    {
        long kept = Math.Min(rank, s.size(0));
        double error = s.narrow(0, kept, s.size(0) - kept).pow(Scalars.Of(2)).sum().sqrt().to(ScalarType.Float64).item<double>();
        return (new LowRankFactors(vh.narrow(0, 0, kept), u.narrow(1, 0, kept) * s.narrow(0, 0, kept)), error);
    }
}
