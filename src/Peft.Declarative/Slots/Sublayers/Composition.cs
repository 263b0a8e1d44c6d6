using Peft.Declarative.Native;
using Peft.Declarative.Slots.Rows;
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
            sum = sum is null ? output * Scalars.Of(weight) : sum.add(output * Scalars.Of(weight), Scalars.One);
        }

        return parts[^1].Finish(sum!, pass);
    }
}

/// <summary>Applies each adapter to its own rows of the batch, which the model's routing then says.</summary>
/// <param name="names">The name of the adapter of each row.</param>
internal sealed class SplitComposition(IReadOnlyList<string> names) : Composition
{
    /// <summary>The name of the adapter of each row.</summary>
    internal IReadOnlyList<string> Names => names;

    // A model without inputs of its own kind cannot say which rows a pass has, so a slot takes the rows that it gets.
    internal override Tensor Apply(IReadOnlyList<SublayerPart> parts, SublayerPass pass)
    {
        RowRouting.RequireRows(names.Count, pass.Result.size(0));
        using var routing = new RowRouting(names, pass.Result.device);
        using RoutingPass only = parts[0].SublayerSlot.Routing!.Enter(routing);
        return RowsComposition.Apply(parts[0].SublayerSlot, routing, pass);
    }
}
