using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>The arithmetic of low-rank adaptation. Hu et al. 2021, arXiv 2106.09685, section 4.1.</summary>
internal static class LoraDelta
{
    /// <summary>Computes <c>y + s · B (A x)</c> in the type of <c>A</c>, and converts it to the type of <paramref name="y"/>.</summary>
    /// <param name="y">The output of the frozen layer [batch, time, out].</param>
    /// <param name="x">Its input, after dropout [batch, time, in].</param>
    /// <param name="a">The factor <c>A</c> [rank, in].</param>
    /// <param name="b">The factor <c>B</c> [out, rank].</param>
    /// <param name="bias">The bias of <c>B</c> [out], scaled like the product; <see langword="null"/> for none.</param>
    /// <param name="scaling">The factor <c>s</c>.</param>
    public static Tensor Add(Tensor y, Tensor x, Tensor a, Tensor b, Tensor? bias, double scaling)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inner = nn.functional.linear(x.to(a.dtype), a);
        Tensor rows = inner.view(-1, a.size(0));
        Tensor wide = y.to(a.dtype).view(-1, b.size(0));
        Tensor sum = addmm(wide, rows, b.t(), 1.0f, (float)scaling).view_as(y);
        if (bias is not null)
        {
            sum = sum.add(bias, Scalars.Of(scaling));
        }

        return sum.to(y.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Computes <c>y + g · B (A x)</c>: the gate replaces the scaling. Mao et al. 2021, arXiv 2110.07577.</summary>
    /// <param name="y">The output of the frozen layer [batch, time, out].</param>
    /// <param name="x">Its input, after dropout [batch, time, in].</param>
    /// <param name="a">The factor <c>A</c> [rank, in].</param>
    /// <param name="b">The factor <c>B</c> [out, rank].</param>
    /// <param name="gate">The gate [batch, 1, 1].</param>
    public static Tensor AddGated(Tensor y, Tensor x, Tensor a, Tensor b, Tensor gate)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor update = nn.functional.linear(nn.functional.linear(x.to(a.dtype), a), b);
        return y.to(a.dtype).add(update * gate, Scalars.One).to(y.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Computes <c>s · B A</c>, the change of a weight [out, in].</summary>
    public static Tensor Weight(Tensor a, Tensor b, double scaling) => b.mm(a).mul_(Scalars.Of(scaling));

    /// <summary>Computes the factor on the product: <c>alpha / rank</c>, or <c>alpha / √rank</c> (Kalajdzievski 2023, arXiv 2312.03732).</summary>
    public static double Scaling(double alpha, int rank, bool rankStabilised) => alpha / (rankStabilised ? Math.Sqrt(rank) : rank);
}
