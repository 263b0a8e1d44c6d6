using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>A part of an adapter that can be folded into the weight of its layer.</summary>
internal interface IMergeable : IAdapterPart
{
    /// <summary>The layer of the base model whose parameters are changed; null if another part of the adapter does that.</summary>
    WeightLayer? MergeTarget { get; }

    /// <summary>Whether the part is in the base weight now, and so not added again in the forward pass.</summary>
    bool Merged { get; set; }

    /// <summary>Whether this part puts another weight in the place of the layer's, which a head tied to the layer does not follow.</summary>
    bool ReplacesWeight => false;

    /// <summary>Why this part cannot be folded into a layer, and what to do; null if it can.</summary>
    string? Obstacle(WeightLayer target) => null;

    /// <summary>The weight with this part folded in; <paramref name="weight"/> is float32 in the layer's own layout and is not changed.</summary>
    Tensor MergeWeight(Tensor weight);

    /// <summary>The bias with this part folded in; null stays null.</summary>
    Tensor? MergeBias(Tensor? bias);
}
