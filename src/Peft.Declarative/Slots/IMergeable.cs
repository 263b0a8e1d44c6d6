using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>A part of an adapter that can be merged into the weight of its layer.</summary>
internal interface IMergeable : IAdapterPart, IWeightChange
{
    /// <summary>The layer of the base model whose parameters change; <see langword="null"/> if another part of the adapter changes them.</summary>
    WeightLayer? MergeTarget { get; }

    /// <summary>Whether the part is merged into the base weight. The forward pass then does not add it again.</summary>
    bool Merged { get; set; }

    /// <summary>Explains why this part cannot be merged into a layer, and what to do; <see langword="null"/> if it can.</summary>
    string? Obstacle(WeightLayer target) => null;
}
