using Peft.Declarative.Layers;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Enumerates the layers of a model with their checkpoint names, with or without adapters.</summary>
internal static class SlotTree
{
    /// <summary>All layers that can be adapted or trained in full, in the order of the model.</summary>
    internal static IEnumerable<LayerSlot> Layers(nn.Module model) => Below(model, "");

    /// <summary>The adapter layers that wrap a layer, outermost first.</summary>
    internal static IEnumerable<AdapterLayer> AdapterLayers(nn.Module layer)
    {
        for (nn.Module inside = layer; inside is AdapterLayer adapted; inside = adapted.Frozen)
        {
            yield return adapted;
        }
    }

    private static IEnumerable<LayerSlot> Below(nn.Module parent, string prefix)
    {
        foreach ((string name, nn.Module child) in parent.named_children())
        {
            if (child is IPartList or SublayerSlot or EmbeddingSlot)
            {
                continue;
            }

            string path = prefix + name;
            if (child is AdapterLayer or WeightLayer || StockLayers.KindOf(child) != LayerKind.Other)
            {
                yield return new LayerSlot(path, parent, name, child);
                continue;
            }

            foreach (LayerSlot layer in Below(child, path + "."))
            {
                yield return layer;
            }
        }
    }
}
