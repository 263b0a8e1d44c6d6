using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>The tensors of a sublayer that adapters after it can read.</summary>
/// <param name="Result">The result of the sublayer [batch, time, hidden].</param>
/// <param name="Input">The residual input of the sublayer [batch, time, hidden].</param>
/// <param name="Norm">The norm over the sum of both; <see langword="null"/> in families without such a norm.</param>
internal readonly record struct SublayerPass(Tensor Result, Tensor Input, nn.Module<Tensor, Tensor>? Norm)
{
    /// <summary>The output of a sublayer without adapters: the sum of result and input, and the norm over it.</summary>
    internal static Tensor Sum(Tensor result, Tensor input, nn.Module<Tensor, Tensor>? norm) =>
        norm is null ? result.add(input, Scalars.One) : norm.call(result.add(input, Scalars.One));
}
