using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Trains biases of the base with an adapter.</summary>
public static class TrainedBiases
{
    /// <summary>Adds trained copies of the base's biases to an adapter.</summary>
    /// <param name="model">The model, which already contains the adapter's layers.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="which">All biases, or those of the adapted layers.</param>
    public static void Attach(nn.Module model, Adapter adapter, BiasTraining which)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        foreach (LayerSlot slot in SlotTree.Layers(model))
        {
            AdapterLayer[] own = [.. SlotTree.AdapterLayers(slot.Layer).Where(part => part.AdapterName == adapter.Name)];
            if (own.OfType<ModuleToSave>().FirstOrDefault() is { } copy)
            {
                copy.RepeatsBias = which == BiasTraining.All;   // the copy has a trained bias of its own
                continue;
            }

            bool adapted = own.Length > 0;
            if (slot.Base is { bias: not null } layer && (adapted || which == BiasTraining.All))
            {
                adapter.Add(slot.Path, new TrainedBias(layer, adapter.Name, adapted));
            }
        }
    }
}
