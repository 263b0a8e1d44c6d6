using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>A slot of a module, with the layer that it contains.</summary>
/// <param name="Path">The checkpoint name, such as <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="Parent">The module that has the slot.</param>
/// <param name="Slot">The name of the slot in its parent.</param>
/// <param name="Layer">The current layer, including adapters that wrap it.</param>
internal sealed record LayerSlot(string Path, nn.Module Parent, string Slot, nn.Module Layer)
{
    /// <summary>The layer of the base model; <see langword="null"/> for a layer of TorchSharp's own.</summary>
    internal WeightLayer? Base => Layer switch
    {
        AdapterLayer adapted => adapted.Base,
        WeightLayer own => own,
        _ => null,
    };

    /// <summary>The layer of the base model. A layer of TorchSharp's own is first converted, and the slot is assigned.</summary>
    internal WeightLayer Adopted()
    {
        if (Base is { } own)
        {
            return own;
        }

        var adopted = (WeightLayer)StockLayers.Adopt((nn.Module<Tensor, Tensor>)Layer);
        SlotWriter.Write(this, adopted);
        return adopted;
    }
}
