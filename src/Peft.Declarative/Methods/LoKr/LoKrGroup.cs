using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LoKr;

/// <summary>Kronecker products of several adapters with the same shapes: each product is batched over the adapters.</summary>
internal sealed class LoKrGroup : RowGroup
{
    private LoKrLinear First => (LoKrLinear)Parts[0];

    // The matrices of W1, then those of W2, the left one of which is scaled.
    private protected override Tensor[] Stack(IReadOnlyList<AdapterLayer> parts) =>
    [
        .. Stacked(parts, part => part.First.Matrices, First.First.Matrices.Length),
        .. Stacked(parts, part => [part.Second.Matrices[0] * Scalars.Of(part.Scaling), .. part.Second.Matrices.Skip(1)], First.Second.Matrices.Length),
    ];

    private protected override Tensor Changes(Tensor input, Tensor[] stacked)
    {
        int matrices = First.First.Matrices.Length;
        return KroneckerProduct.Of(input.to(stacked[0].dtype), stacked[..matrices], stacked[matrices..], First.Shape);
    }

    private static IEnumerable<Tensor> Stacked(IReadOnlyList<AdapterLayer> parts, Func<LoKrLinear, IReadOnlyList<Tensor>> matrices, int count)
    {
        IReadOnlyList<Tensor>[] all = [.. parts.Select(part => matrices((LoKrLinear)part))];
        return Enumerable.Range(0, count).Select(i => stack([.. all.Select(own => own[i])]));
    }
}
