using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

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
