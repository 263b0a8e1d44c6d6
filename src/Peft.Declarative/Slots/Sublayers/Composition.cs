using Peft.Declarative.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>What several active adapters after one sublayer are to each other.</summary>
internal abstract class Composition
{
    /// <summary>Each reads what the one before made.</summary>
    internal static Composition Stack { get; } = new StackComposition();

    /// <summary>The end of a sublayer [batch, time, hidden].</summary>
    /// <param name="parts">The active parts here, in order; at least one.</param>
    /// <param name="pass">The sublayer.</param>
    internal abstract Tensor Apply(IReadOnlyList<SublayerPart> parts, SublayerPass pass);
}

/// <summary>One after the other, in the order of activation. The last one says what becomes of the sublayer's residual.</summary>
internal sealed class StackComposition : Composition
{
    internal override Tensor Apply(IReadOnlyList<SublayerPart> parts, SublayerPass pass)
    {
        Tensor hidden = pass.Result;
        foreach (SublayerPart part in parts)
        {
            hidden = part.Apply(hidden, pass);
        }

        return parts[^1].Finish(hidden, pass);
    }
}

/// <summary>Side by side, and the weighted sum of what they make.</summary>
/// <param name="weights">Adapters and their weights.</param>
internal sealed class AverageComposition(IReadOnlyList<(string Adapter, double Weight)> weights) : Composition
{
    internal override Tensor Apply(IReadOnlyList<SublayerPart> parts, SublayerPass pass)
    {
        Tensor? sum = null;
        foreach ((string adapter, double weight) in weights)
        {
            // An adapter that leaves this block out passes the sublayer's result on.
            Tensor made = parts.FirstOrDefault(part => part.AdapterName == adapter)?.Apply(pass.Result, pass) ?? pass.Result;
            sum = sum is null ? made * weight : sum + made * weight;
        }

        return parts[^1].Finish(sum!, pass);
    }
}

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
