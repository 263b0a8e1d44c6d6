using Peft.Declarative.Adapters.Sublayers;
using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Takes an adapter off its model: every slot gets back what the adapter stood around.</summary>
internal static class AdapterRemoval
{
    internal static void Remove(AdapterSet set, Adapter adapter)
    {
        AdapterMerge.Unmerge([adapter]);
        adapter.Switch(active: false);
        foreach (PlacedLayer place in SlotTree.Layers(set.Model).ToList())
        {
            nn.Module<Tensor, Tensor>? rest = Without(place.Layer, adapter.Name);
            if (rest is not null && !ReferenceEquals(rest, place.Layer))
            {
                SlotWriter.Write(place, rest);
            }
        }

        foreach (PlacedSeam place in Seams.Of(set.Model))
        {
            place.Seam.Remove(adapter.Name);
        }

        (set.Model as PretrainedModel)?.embedding_adapters.Remove(adapter.Name);
        foreach (IPartList parts in set.Model.children().OfType<IPartList>())
        {
            parts.Remove(adapter.Name);
        }

        set.Forget(adapter);
    }

    // What is left of a slot's layers, from the outside in.
    private static nn.Module<Tensor, Tensor>? Without(nn.Module layer, string adapter)
    {
        if (layer is not AdapterLayer part)
        {
            return layer as nn.Module<Tensor, Tensor>;
        }

        nn.Module<Tensor, Tensor> inner = Without(part.Frozen, adapter)!;
        if (part.AdapterName == adapter)
        {
            return inner;
        }

        if (!ReferenceEquals(inner, part.Frozen))
        {
            part.StandAround(inner);
        }

        return part;
    }
}
