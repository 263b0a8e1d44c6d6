using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>Applies each adapter to its own rows of a mixed batch.</summary>
internal static class RowsComposition
{
    /// <summary>Computes the output of a sublayer.</summary>
    /// <param name="slot">The slot after it.</param>
    /// <param name="routing">The adapter of each row.</param>
    /// <param name="pass">The tensors of the sublayer.</param>
    internal static Tensor Apply(SublayerSlot slot, RowRouting routing, SublayerPass pass)
    {
        SublayerPart?[] parts = [.. routing.Segments.Select(segment => slot.Of(segment.Adapter))];
        if (parts.All(part => part is null))
        {
            return SublayerPass.Sum(pass.Result, pass.Input, pass.Norm);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor[] results = routing.Split(pass.Result);
        Tensor[] inputs = routing.Split(pass.Input);
        return routing.Join([.. parts.Select((part, i) =>
        {
            // The norm can have adapters itself, which see the rows of this segment only.
            using RoutingPass only = slot.Routing!.Enter(routing.Only(routing.Segments[i]));
            SublayerPass own = pass with { Result = results[i], Input = inputs[i] };
            return part is null ? SublayerPass.Sum(own.Result, own.Input, own.Norm) : part.Finish(part.Apply(own.Result, own), own);
        })]).MoveToOuterDisposeScope();
    }
}
