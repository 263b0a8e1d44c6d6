using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Takes an adapter off its model: every slot gets back what the adapter stood around, and what the adapter had is freed.</summary>
internal static class AdapterRemoval
{
    internal static void Remove(AdapterSet set, Adapter adapter)
    {
        AdapterMerge.Unmerge([adapter]);
        TakeOff(set.Model, adapter);
        set.Forget(adapter);
    }

    /// <summary>Takes off whatever a model has of an adapter, also if it is not there in full.</summary>
    internal static void TakeOff(nn.Module model, Adapter adapter)
    {
        IAdapterPart[] parts = [.. AdapterParts.Of(model, adapter.Name).Concat(adapter.Parts).Select(entry => entry.Part).Distinct()];
        foreach (IAdapterPart part in parts)
        {
            part.Active = false;   // what stood in for the base's own gives its place back
        }

        foreach (LayerSlot place in SlotTree.Layers(model).ToList())
        {
            nn.Module<Tensor, Tensor>? rest = Without(place.Layer, adapter.Name);
            if (rest is not null && !ReferenceEquals(rest, place.Layer))
            {
                SlotWriter.Write(place, rest);
            }
        }

        foreach (NamedSublayerSlot place in SublayerSlots.Of(model))
        {
            place.SublayerSlot.Remove(adapter.Name);
        }

        (model as IBaseModel)?.embedding_adapters.Remove(adapter.Name);
        foreach (IPartList list in model.children().OfType<IPartList>())
        {
            list.Remove(adapter.Name);
        }

        // The collector does not see how much memory tensors have, least of all on another device.
        foreach (IAdapterPart part in parts)
        {
            (part as AdapterLayer)?.LetGo();
            (part as IDisposable)?.Dispose();
        }
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
