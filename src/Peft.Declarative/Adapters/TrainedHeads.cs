using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// Task-specific heads. A family names its head by <see cref="TrainedHeadAttribute"/>, and every declared adapter trains it in full, together with
/// its own tensors.
/// </summary>
public static class TrainedHeads
{
    /// <summary>Trains the head of a model in full, for an adapter that does not adapt layers. Does nothing if the family has no such head.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The name of the adapter.</param>
    public static void Attach(nn.Module model, string adapter) => _ = AddCopies(model, adapter, Of(model));

    /// <summary>Gets the name of the head of a model's family, or an empty list.</summary>
    internal static IReadOnlyList<string> Of(nn.Module model) =>
        Attribute.GetCustomAttribute(model.GetType(), typeof(TrainedHeadAttribute)) is TrainedHeadAttribute head ? [head.Name] : [];

    /// <summary>Trains modules in full, for an adapter that does not adapt layers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="modules">The names of layers, or of modules that contain layers. Names that the model does not have are skipped.</param>
    internal static void Attach(nn.Module model, Adapter adapter, IReadOnlyList<string> modules)
    {
        foreach ((string path, ModuleToSave copy) in AddCopies(model, adapter.Name, modules))
        {
            adapter.Add(path, copy);
        }
    }

    private static List<(string Path, ModuleToSave Copy)> AddCopies(nn.Module model, string adapter, IReadOnlyList<string> modules)
    {
        List<(string Path, ModuleToSave Copy)> copies = [];
        foreach (LayerSlot slot in SlotTree.Layers(model).Where(slot => IsBelow(slot.Path, modules)).ToList())
        {
            var copy = new ModuleToSave((nn.Module<Tensor, Tensor>)slot.Layer, adapter, AdapterKeys.BareModel);
            SlotWriter.Write(slot, copy);
            copies.Add((slot.Path, copy));
        }

        return copies;
    }

    /// <summary>Determines whether a layer is one of these modules or below one.</summary>
    internal static bool IsBelow(string path, IReadOnlyList<string> modules) =>
        LayerPath.SelfAndParents(path).Any(parent => modules.Any(module => LayerPath.EndsWith(parent, module)));
}
