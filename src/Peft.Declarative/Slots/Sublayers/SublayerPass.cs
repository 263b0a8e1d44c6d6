using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>What adapters after a sublayer can look at.</summary>
/// <param name="Result">What the sublayer made [batch, time, hidden].</param>
/// <param name="Input">What goes past it [batch, time, hidden].</param>
/// <param name="Norm">The norm over their sum, in families that have one there.</param>
internal readonly record struct SublayerPass(Tensor Result, Tensor Input, nn.Module<Tensor, Tensor>? Norm)
{
    /// <summary>The end of a sublayer without adapters: the sum with its input, and the norm over it.</summary>
    internal static Tensor Sum(Tensor result, Tensor input, nn.Module<Tensor, Tensor>? norm) =>
        norm is null ? result + input : norm.call(result + input);

    /// <summary>The same for a pass over some of the rows.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">Number of rows.</param>
    internal SublayerPass Rows(long first, long count) => this with { Result = Result.narrow(0, first, count), Input = Input.narrow(0, first, count) };
}
