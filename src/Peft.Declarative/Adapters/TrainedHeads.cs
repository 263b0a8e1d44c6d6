using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// Heads that fit one task only. A family names its own by <see cref="TrainedHeadAttribute"/>, and every declared adapter trains it in full along
/// with its own tensors.
/// </summary>
public static class TrainedHeads
{
    /// <summary>Trains the head of a model in full, for an adapter that sits on no layers; nothing if the family names none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">Name of the adapter.</param>
    public static void Attach(nn.Module model, string adapter) => _ = Put(model, adapter, Of(model));

    /// <summary>The head of a model's family: one name or none.</summary>
    internal static IReadOnlyList<string> Of(nn.Module model) =>
        Attribute.GetCustomAttribute(model.GetType(), typeof(TrainedHeadAttribute)) is TrainedHeadAttribute head ? [head.Name] : [];

    /// <summary>Trains modules in full, for an adapter that sits on no layers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="modules">Names of layers, or of modules with layers; those that the model does not have are passed over.</param>
    internal static void Attach(nn.Module model, Adapter adapter, IReadOnlyList<string> modules)
    {
        foreach ((string path, ModuleToSave copy) in Put(model, adapter.Name, modules))
        {
            adapter.Add(path, copy);
        }
    }

    private static List<(string Path, ModuleToSave Copy)> Put(nn.Module model, string adapter, IReadOnlyList<string> modules)
    {
        List<(string Path, ModuleToSave Copy)> copies = [];
        foreach (LayerSlot place in SlotTree.Layers(model).Where(place => IsBelow(place.Path, modules)).ToList())
        {
            var copy = new ModuleToSave((nn.Module<Tensor, Tensor>)place.Layer, adapter, AdapterKeys.BareModel);
            SlotWriter.Write(place, copy);
            copies.Add((place.Path, copy));
        }

        return copies;
    }

    /// <summary>Whether a layer is one of these modules or below one.</summary>
    internal static bool IsBelow(string path, IReadOnlyList<string> modules) =>
        LayerPath.SelfAndParents(path).Any(parent => modules.Any(module => LayerPath.EndsWith(parent, module)));
}
