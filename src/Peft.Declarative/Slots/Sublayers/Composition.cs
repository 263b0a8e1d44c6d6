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
