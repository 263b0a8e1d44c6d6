using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Removes an adapter from its model: every slot gets its inner layer back, and the memory of the adapter is freed.</summary>
internal static class AdapterRemoval
{
    internal static void Remove(AdapterSet set, Adapter adapter)
    {
        AdapterMerge.Unmerge([adapter]);
        Detach(set.Model, adapter);
        set.Forget(adapter);
    }

    /// <summary>Detaches all parts of an adapter, also if only some of them are on the model.</summary>
    internal static void Detach(nn.Module model, Adapter adapter)
    {
        IAdapterPart[] parts = [.. AdapterParts.Of(model, adapter.Name).Concat(adapter.Parts).Select(entry => entry.Part).Distinct()];
        foreach (IAdapterPart part in parts)
        {
            part.Active = false;   // an override gives the parameter back to the base
        }

        foreach (LayerSlot slot in SlotTree.Layers(model).ToList())
        {
            nn.Module<Tensor, Tensor>? rest = Without(slot.Layer, adapter.Name);
            if (rest is not null && !ReferenceEquals(rest, slot.Layer))
            {
                SlotWriter.Write(slot, rest);
            }
        }

        foreach (NamedSublayerSlot slot in SublayerSlots.Of(model))
        {
            slot.SublayerSlot.Remove(adapter.Name);
        }

        (model as IBaseModel)?.embedding_adapters.Remove(adapter.Name);
        foreach (IPartList list in model.children().OfType<IPartList>())
        {
            list.Remove(adapter.Name);
        }

        // The garbage collector does not know how much memory tensors have, least of all on another device.
        foreach (IAdapterPart part in parts)
        {
            (part as AdapterLayer)?.Detach();
            (part as IDisposable)?.Dispose();
            (part as AdapterLayer)?.FreeStored();
        }
    }

    // The layers of a slot without those of the adapter, from the outside in.
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
            part.ReplaceBase(inner);
        }

        return part;
    }
}
