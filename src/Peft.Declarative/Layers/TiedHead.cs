using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>An output head that reads the input embedding's weight [vocabulary, hidden], so that the two can never drift apart.</summary>
/// <remarks>It registers no parameter: the state has one tensor under the embedding's name, as the checkpoint does.</remarks>
public sealed class TiedHead : Linear
{
    private readonly Embedding _embedding;

    /// <summary>Ties a head to an embedding.</summary>
    /// <param name="embedding">The embedding that owns the weight.</param>
    public TiedHead(Embedding embedding)
        : base(null, null, LayerKind.Head)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        _embedding = embedding;
        embedding.TiedHeads.Add(this);
    }

    /// <summary>The embedding's weight, unless this head was given one of its own (an adapter that trains the head in full, merged).</summary>
    public override Parameter weight
    {
        get => OwnsWeight ? base.weight : _embedding.weight;
        set => base.weight = value;
    }

    internal override Parameter BaseWeight => OwnsWeight ? base.BaseWeight : _embedding.BaseWeight;

    /// <summary>Whether this head reads the weight of a layer.</summary>
    internal bool Reads(WeightLayer layer) => ReferenceEquals(layer, _embedding);
}
