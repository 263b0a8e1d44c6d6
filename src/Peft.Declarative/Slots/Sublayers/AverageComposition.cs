using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Sublayers;

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
