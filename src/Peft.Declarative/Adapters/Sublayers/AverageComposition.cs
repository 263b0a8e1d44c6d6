using static TorchSharp.torch;

namespace Peft.Declarative.Adapters.Sublayers;

/// <summary>Side by side, and the mean of what they make.</summary>
internal sealed class AverageComposition : Composition
{
    internal override Tensor Apply(IReadOnlyList<SeamPart> parts, SeamPass pass)
    {
        Tensor[] made = [.. parts.Select(part => part.Apply(pass.Result, pass))];
        return parts[^1].Finish(made.Length == 1 ? made[0] : stack(made).mean([0]), pass);
    }
}
