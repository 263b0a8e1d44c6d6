using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>An output head that reads the input embedding's weight [vocabulary, hidden], so that the two can never drift apart.</summary>
/// <param name="embedding">The embedding that owns the weight.</param>
/// <remarks>It registers no parameter: the state has one tensor under the embedding's name, as the checkpoint does.</remarks>
public sealed class TiedHead(Embedding embedding) : Linear(null, null, LayerKind.Head)
{
    /// <summary>The embedding's weight, unless this head was given one of its own (an adapter that trains the head in full, merged).</summary>
    public override Parameter weight
    {
        get => OwnsWeight ? base.weight : embedding.weight;
        set => base.weight = value;
    }

    /// <summary>Whether this head reads the weight of a layer.</summary>
    internal bool Reads(WeightLayer layer) => ReferenceEquals(layer, embedding);
}
