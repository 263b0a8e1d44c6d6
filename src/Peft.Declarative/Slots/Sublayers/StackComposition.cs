using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

/// <summary>One after the other, in the order of activation. The last one says what becomes of the sublayer's residual.</summary>
internal sealed class StackComposition : Composition
{
    internal override Tensor Apply(IReadOnlyList<SeamPart> parts, SeamPass pass)
    {
        Tensor hidden = pass.Result;
        foreach (SeamPart part in parts)
        {
            hidden = part.Apply(hidden, pass);
        }

        return parts[^1].Finish(hidden, pass);
    }
}
