using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Biases of the base that an adapter trains along.</summary>
public static class TrainedBiases
{
    /// <summary>Gives an adapter trained copies of biases of the base.</summary>
    /// <param name="model">The model, with the adapter's layers in place.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="which">All biases, or those of the layers that the adapter stands around.</param>
    public static void Attach(nn.Module model, Adapter adapter, BiasTraining which)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        foreach (LayerSlot place in SlotTree.Layers(model))
        {
            AdapterLayer[] own = [.. SlotTree.Around(place.Layer).Where(part => part.AdapterName == adapter.Name)];
            if (own.OfType<ModuleToSave>().FirstOrDefault() is { } copy)
            {
                copy.RepeatsBias = which == BiasTraining.All;   // it has a bias of its own that is trained
                continue;
            }

            bool adapted = own.Length > 0;
            if (place.Base is { bias: not null } layer && (adapted || which == BiasTraining.All))
            {
                adapter.Add(place.Path, new TrainedBias(layer, adapter.Name, adapted));
            }
        }
    }
}
