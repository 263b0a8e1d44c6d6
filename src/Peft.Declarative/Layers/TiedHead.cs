using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>An output head that uses the weight [vocabulary, hidden] of the input embedding.</summary>
/// <remarks>The head registers no parameter. As in checkpoints, the model's state contains one tensor, under the name of the embedding.</remarks>
public sealed class TiedHead : Linear
{
    private readonly Embedding _embedding;

    /// <summary>Creates a head that is tied to an embedding.</summary>
    /// <param name="embedding">The embedding that owns the weight.</param>
    public TiedHead(Embedding embedding)
        : base(null, null, LayerKind.Head)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        _embedding = embedding;
        embedding.TiedHeads.Add(this);
    }

    /// <summary>The weight of the embedding, or the head's own weight after an adapter that trains the head in full was merged.</summary>
    public override Parameter weight
    {
        get => OwnsWeight ? base.weight : _embedding.weight;
        set => base.weight = value;
    }

    internal override Parameter BaseWeight => OwnsWeight ? base.BaseWeight : _embedding.BaseWeight;

    /// <summary>Determines whether this head uses the weight of a layer.</summary>
    internal bool Reads(WeightLayer layer) => ReferenceEquals(layer, _embedding);
}
