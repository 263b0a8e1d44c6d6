using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>The composition of several active adapters after one sublayer.</summary>
internal abstract class Composition
{
    /// <summary>Each adapter reads the output of the one before it.</summary>
    internal static Composition Stack { get; } = new StackComposition();

    /// <summary>Computes the output of a sublayer [batch, time, hidden], including its residual and norm.</summary>
    /// <param name="parts">The active parts after the sublayer, in order; at least one.</param>
    /// <param name="pass">The tensors of the sublayer.</param>
    internal abstract Tensor Apply(IReadOnlyList<SublayerPart> parts, SublayerPass pass);
}

/// <summary>Applies the adapters in the order of activation. The last one determines how the residual of the sublayer is added.</summary>
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

/// <summary>Applies the adapters in parallel and computes the weighted sum of their outputs.</summary>
/// <param name="weights">The names of the adapters and their weights.</param>
internal sealed class AverageComposition(IReadOnlyList<(string Adapter, double Weight)> weights) : Composition
{
    internal override Tensor Apply(IReadOnlyList<SublayerPart> parts, SublayerPass pass)
    {
        Tensor? sum = null;
        foreach ((string adapter, double weight) in weights)
        {
            // An adapter without a part in this block passes the sublayer's result on.
            Tensor output = parts.FirstOrDefault(part => part.AdapterName == adapter)?.Apply(pass.Result, pass) ?? pass.Result;
            sum = sum is null ? output * weight : sum + output * weight;
        }

        return parts[^1].Finish(sum!, pass);
    }
}

/// <summary>Applies each adapter to its own rows of the batch.</summary>
/// <param name="shares">The names of the adapters and their numbers of rows, in the order of the rows.</param>
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
            SublayerPart? part = parts.FirstOrDefault(candidate => candidate.AdapterName == adapter);   // an adapter can lack a part in this block
            rows.Add(part is null ? SublayerPass.Sum(own.Result, own.Input, own.Norm) : part.Finish(part.Apply(own.Result, own), own));
            first += count;
        }

        return cat([.. rows], 0);
    }
}
