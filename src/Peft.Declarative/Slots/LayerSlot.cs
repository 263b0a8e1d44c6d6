using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>A layer in its slot.</summary>
/// <param name="Path">Checkpoint name, such as <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="Parent">The module that has the slot.</param>
/// <param name="Slot">Name of the slot in its parent.</param>
/// <param name="Layer">What is in the slot now, adapters included.</param>
internal sealed record LayerSlot(string Path, nn.Module Parent, string Slot, nn.Module Layer)
{
    /// <summary>The base's own layer, if it is of a kind that this library works on.</summary>
    internal WeightLayer? Base => Layer switch
    {
        AdapterLayer adapted => adapted.Base,
        WeightLayer own => own,
        _ => null,
    };

    /// <summary>The base's own layer; a layer of TorchSharp's is taken over first, in its slot.</summary>
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
