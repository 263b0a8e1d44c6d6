using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>Each adapter has rows of the batch of its own.</summary>
/// <param name="shares">Adapters and their numbers of rows, in the order of the rows.</param>
internal sealed class SplitComposition(IReadOnlyList<(string Adapter, int Rows)> shares) : Composition
{
    internal override Tensor Apply(IReadOnlyList<SublayerPart> parts, SublayerPass pass)
    {
        int all = shares.Sum(share => share.Rows);
        if (all != pass.Result.size(0))
        {
            throw new PeftException(RuleIds.OutOfRange,
                $"The adapters share {all} rows, but the batch has {pass.Result.size(0)}. Call Adapters.Split with as many rows as the batch has.");
        }

        List<Tensor> rows = [];
        long first = 0;
        foreach ((string adapter, int count) in shares)
        {
            SublayerPass own = pass.Rows(first, count);
            SublayerPart? part = parts.FirstOrDefault(candidate => candidate.AdapterName == adapter);   // some adapters leave blocks out
            rows.Add(part is null ? SublayerPass.Sum(own.Result, own.Input, own.Norm) : part.Finish(part.Apply(own.Result, own), own));
            first += count;
        }

        return cat([.. rows], 0);
    }
}
