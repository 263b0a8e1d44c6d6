using Peft.Declarative.Methods.Lora.Combination;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>Low-rank updates of several adapters with one rank: two products for all of them, each batched over the adapters.</summary>
internal sealed class LoraGroup : RowGroup
{
    private readonly Lazy<LoraRows?> _rows;

    internal LoraGroup() => _rows = new Lazy<LoraRows?>(FactorRows, isThreadSafe: false);

    // A [adapters, rank, in], s · B [adapters, out, rank] and s · bias [adapters, out] if there is one.
    private protected override Tensor[] Stack(IReadOnlyList<AdapterLayer> parts)
    {
        ILowRank[] updates = [.. parts.Cast<ILowRank>()];
        Tensor a = stack([.. updates.Select(part => part.A)]);
        Tensor b = Scaled(updates, part => part.B);
        return updates[0].Bias is null ? [a, b] : [a, b, Scaled(updates, part => part.Bias!)];
    }

    private protected override Tensor Changes(Tensor input, Tensor[] stacked)
    {
        double dropout = (Parts[0] as LoraLinear)?.DropoutNow ?? 0;
        Tensor x = Layers.Dropout.Apply(input, dropout, dropout > 0).to(stacked[0].dtype);
        Tensor changes = x.bmm(stacked[0].transpose(1, 2)).bmm(stacked[1].transpose(1, 2));
        return stacked.Length == 2 ? changes : changes.add(stacked[2].unsqueeze(1), Scalars.One);
    }

    private protected override bool TryAddInPlace(Tensor input, Tensor output) =>
        _rows.Value is { } rows && ((LoraLinear)Parts[0]).DropoutNow == 0 && rows.TryAdd(input, output);

    // Other methods compute their factors anew for each pass.
    private LoraRows? FactorRows() => Parts[0] is LoraLinear ? LoraRows.Of([.. Parts.Cast<ILowRank>()], Rows.OfParts) : null;

    private static Tensor Scaled(ILowRank[] updates, Func<ILowRank, Tensor> tensor) => updates.Select(part => part.Scaling).Distinct().Count() == 1
        ? stack([.. updates.Select(tensor)]) * Scalars.Of(updates[0].Scaling)
        : stack([.. updates.Select(part => tensor(part) * Scalars.Of(part.Scaling))]);
}
