using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Selects the layers of a model that a config adapts, with the compiler's rules and messages.</summary>
internal static class LayerSelection
{
    /// <summary>Gets the names of all layers, for methods that adapt every layer by default.</summary>
    internal static IReadOnlyList<string> Names(IEnumerable<LayerSlot> layers) => [.. layers.Select(layer => LayerPath.LastName(layer.Path)).Distinct()];

    internal static IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> Adapted(TargetSelection selection, IReadOnlyList<LayerSlot> layers)
    {
        Dictionary<string, LayerSlot> byPath = layers.ToDictionary(layer => layer.Path);
        return [.. selection.Adapted.Select(target => (byPath[target.Path], target))];
    }

    /// <summary>Selects the layers.</summary>
    /// <exception cref="PeftException">A selector does not fit the model. The message lists every problem.</exception>
    internal static TargetSelection Select(
        nn.Module model, string method, TargetQuery query, IReadOnlyList<LayerSlot> layers, Action<IReadOnlyList<TargetLayer>, TargetProblems>? further = null)
    {
        TargetSelection selection = TargetSelector.Select(model.GetType().Name, method, query, [.. layers.Select(Describe)], further);
        Refuse(selection.Problems);
        return selection;
    }

    /// <summary>Throws one exception that lists every problem, if there is one.</summary>
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

    /// <summary>Replaces modules with copies that are trained in full.</summary>
    internal static void SaveModules(TargetSelection selection, IReadOnlyList<LayerSlot> layers, Adapter adapter)
    {
        Dictionary<string, LayerSlot> byPath = layers.ToDictionary(layer => layer.Path);
        foreach (LayerSlot slot in selection.Saved.Select(saved => byPath[saved.Path]))
        {
            var copy = new ModuleToSave((nn.Module<Tensor, Tensor>)slot.Layer, adapter.Name);
            SlotWriter.Write(slot, copy);
            adapter.Add(slot.Path, copy);
        }
    }

    private static TargetLayer Describe(LayerSlot slot)
    {
        (long output, long input) = StockLayers.SizesOf(slot.Layer);
        return new TargetLayer(slot.Path, StockLayers.KindOf(slot.Layer), output, input, slot.Base?.bias is not null);
    }
}
