using Peft.Declarative.Methods.Lora.Combination;
using Peft.Declarative.Native;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>Low-rank updates of several adapters with one rank: two products for all of them, each batched over the adapters.</summary>
internal sealed class LoraGroup : RowGroup
{
    private IEnumerable<ILowRank> Updates => Parts.Cast<ILowRank>();

    // A [adapters, in, rank], s · B [adapters, rank, out] and s · bias [adapters, 1, out] if there is one.
    private protected override Tensor[] Stack()
    {
        Tensor a = stack([.. Updates.Select(part => part.A)]).transpose(1, 2);
        Tensor b = Scaled([.. Updates.Select(part => part.B)]).transpose(1, 2);
        return Updates.First().Bias is null ? [a, b] : [a, b, Scaled([.. Updates.Select(part => part.Bias!)]).unsqueeze(1)];
    }

    private protected override Tensor Changes(Tensor input, Tensor[] stacked)
    {
        double dropout = (Parts[0] as LoraLinear)?.DropoutNow ?? 0;
        Tensor x = Layers.Dropout.Apply(input, dropout, dropout > 0).to(stacked[0].dtype);
        Tensor changes = x.bmm(stacked[0]).bmm(stacked[1]);
        return stacked.Length == 2 ? changes : changes.add(stacked[2], Scalars.One);
    }

    private Tensor Scaled(Tensor[] tensors)
    {
        double[] factors = [.. Updates.Select(part => part.Scaling)];
        return factors.Distinct().Count() == 1 ? stack(tensors) * Scalars.Of(factors[0]) : stack([.. tensors.Zip(factors, (tensor, factor) => tensor * Scalars.Of(factor))]);
    }
}
