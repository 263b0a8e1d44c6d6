using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>The arithmetic of low-rank adaptation. Hu et al. 2021, arXiv 2106.09685, section 4.1.</summary>
public static class LoraDelta
{
    /// <summary><c>y + s · B (A x)</c> in the type of <c>A</c>, cast back to the type of <paramref name="y"/>.</summary>
    /// <param name="y">Result of the frozen layer [batch, time, out].</param>
    /// <param name="x">Its input, dropout already applied [batch, time, in].</param>
    /// <param name="a">[rank, in].</param>
    /// <param name="b">[out, rank].</param>
    /// <param name="bias">[out], scaled like the product, or null.</param>
    /// <param name="scaling">s.</param>
    public static Tensor Add(Tensor y, Tensor x, Tensor a, Tensor b, Tensor? bias, double scaling)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inner = nn.functional.linear(x.to(a.dtype), a);
        Tensor rows = inner.view(-1, a.size(0));
        Tensor wide = y.to(a.dtype).view(-1, b.size(0));
        Tensor sum = addmm(wide, rows, b.t(), 1.0f, (float)scaling).view_as(y);
        if (bias is not null)
        {
            sum = sum.add(bias, scaling);
        }

        return sum.to(y.dtype).MoveToOuterDisposeScope();
    }

    /// <summary><c>y + g · B (A x)</c>: the gate replaces the scaling. Mao et al. 2021, arXiv 2110.07577.</summary>
    /// <param name="y">Result of the frozen layer [batch, time, out].</param>
    /// <param name="x">Its input, dropout already applied [batch, time, in].</param>
    /// <param name="a">[rank, in].</param>
    /// <param name="b">[out, rank].</param>
    /// <param name="gate">[batch, 1, 1].</param>
    public static Tensor AddGated(Tensor y, Tensor x, Tensor a, Tensor b, Tensor gate)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor update = nn.functional.linear(nn.functional.linear(x.to(a.dtype), a), b);
        return y.to(a.dtype).add(update * gate).to(y.dtype).MoveToOuterDisposeScope();
    }

    /// <summary><c>s · B A</c>, the change of a weight [out, in].</summary>
    public static Tensor Weight(Tensor a, Tensor b, double scaling) => b.mm(a).mul_(scaling);

    /// <summary>Factor on the product: <c>alpha / rank</c>, or <c>alpha / √rank</c> (Kalajdzievski 2023, arXiv 2312.03732).</summary>
    public static double Scaling(double alpha, int rank, bool rankStabilised) => alpha / (rankStabilised ? Math.Sqrt(rank) : rank);
}
