using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Holds a config against a model: which of its layers are adapted, with the rules and words of the compiler.</summary>
internal static class LayerSelection
{
    /// <summary>The names of all layers, for methods that adapt every one unless told otherwise.</summary>
    internal static IReadOnlyList<string> Names(IEnumerable<LayerSlot> layers) => [.. layers.Select(layer => LayerPath.LastName(layer.Path)).Distinct()];

    internal static IReadOnlyList<(LayerSlot Place, TargetLayer Target)> Adapted(TargetSelection selection, IReadOnlyList<LayerSlot> layers)
    {
        Dictionary<string, LayerSlot> byPath = layers.ToDictionary(layer => layer.Path);
        return [.. selection.Adapted.Select(target => (byPath[target.Path], target))];
    }

    /// <summary>Selects, or throws one error that lists every problem.</summary>
    internal static TargetSelection Select(
        nn.Module model, string method, TargetQuery query, IReadOnlyList<LayerSlot> layers, Action<IReadOnlyList<TargetLayer>, TargetProblems>? further = null)
    {
        TargetSelection selection = TargetSelector.Select(model.GetType().Name, method, query, [.. layers.Select(Describe)], further);
        Refuse(selection.Problems);
        return selection;
    }

    /// <summary>Throws one error that lists every problem; nothing if there is none.</summary>
    internal static void Refuse(IReadOnlyList<TargetProblem> problems)
    {
        if (problems.Count > 0)
        {
            throw new PeftException(problems[0].Id, string.Join(Environment.NewLine, problems.Select(problem => problem.Message)));
        }
    }

    internal static TargetQuery Query(LayerAdapterConfig config, nn.Module model) => new()
    {
        Targets = config.Targets,
        TargetPattern = config.TargetPattern,
        Exclude = config.Exclude,
        ExcludePattern = config.ExcludePattern,
        Layers = config.Layers,
        LayersPattern = config.LayersPattern,
        ModulesToSave = config.TrainsHead ? [.. (config.ModulesToSave ?? []).Union(TrainedHeads.Of(model))] : config.ModulesToSave,
        DefaultTargets = config.UsualTargets(model),
        Lenient = config.Source is not null,
    };

    /// <summary>Puts full copies of modules in their places, for the methods that train some modules whole.</summary>
    internal static void SaveModules(TargetSelection selection, IReadOnlyList<LayerSlot> layers, Adapter adapter)
    {
        Dictionary<string, LayerSlot> byPath = layers.ToDictionary(layer => layer.Path);
        foreach (LayerSlot place in selection.Saved.Select(saved => byPath[saved.Path]))
        {
            var copy = new ModuleToSave((nn.Module<Tensor, Tensor>)place.Layer, adapter.Name);
            SlotWriter.Write(place, copy);
            adapter.Add(place.Path, copy);
        }
    }

    private static TargetLayer Describe(LayerSlot place)
    {
        (long output, long input) = StockLayers.SizesOf(place.Layer);
        return new TargetLayer(place.Path, StockLayers.KindOf(place.Layer), output, input, place.Base?.bias is not null);
    }
}
