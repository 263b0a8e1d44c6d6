using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// The input of a product of LLM.int8(). Multiplying integers and scaling their sum by the scales of both rows gives the same as multiplying numbers that were
/// rounded to multiples of their row's scale, so the input is rounded here, and one product does the rest, outliers included. Dettmers et al. 2022,
/// arXiv 2208.07339, equations 2 and 8.
/// </summary>
internal static class RowInt8Input
{
    // Below every scale of a row that is not zero, so that a row of zeros is not divided by zero.
    private const double LeastScale = 1e-30;

    /// <summary>Rounds the rows of an input to 127 steps in each direction, except columns with an outlier in any row.</summary>
    /// <param name="input">The input […, in].</param>
    /// <param name="threshold">The absolute value from which on an element is an outlier; 0 for none.</param>
    /// <returns>The rounded input, of the same shape and type, in the caller's dispose scope.</returns>
    internal static Tensor Round(Tensor input, double threshold)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = input.reshape(-1, input.size(-1)).to(ScalarType.Float32);
        if (rows.numel() == 0)
        {
            return input.alias().MoveToOuterDisposeScope();
        }

        Tensor? outliers = threshold > 0 ? rows.abs().amax([0]).ge(Scalars.Of(threshold)) : null;   // [in]
        Tensor regular = outliers is null ? rows : rows.masked_fill(outliers, Scalars.Of(0));
        Tensor scales = regular.abs().amax([1], keepdim: true).clamp_min(Scalars.Of(LeastScale));
        Tensor rounded = (regular * (scales.reciprocal() * Scalars.Of(RowInt8Kernel.Greatest))).round_().mul_(scales * Scalars.Of(1 / RowInt8Kernel.Greatest));
        Tensor all = outliers is null ? rounded : where(outliers, rows, rounded);
        return all.view_as(input).to(input.dtype).MoveToOuterDisposeScope();
    }
}
