using Peft.Declarative.Layers;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Holds a config against a model: which of its layers are adapted, with the rules and words of the compiler.</summary>
internal static class LayerSelection
{
    internal static IReadOnlyList<(PlacedLayer Place, SelectedLayer Selected)> Adapted(TargetSelection selection, IReadOnlyList<PlacedLayer> layers)
    {
        Dictionary<string, PlacedLayer> byPath = layers.ToDictionary(layer => layer.Path);
        return [.. selection.Adapted.Select(selected => (byPath[selected.Layer.Path], selected))];
    }

    /// <summary>Selects, or throws one error that lists every problem.</summary>
    internal static TargetSelection Select(nn.Module model, string method, TargetQuery query, IReadOnlyList<PlacedLayer> layers)
    {
        TargetSelection selection = TargetSelector.Select(model.GetType().Name, method, query, [.. layers.Select(Describe)]);
        return selection.Problems.Count == 0
            ? selection
            : throw new PeftException(selection.Problems[0].Id, string.Join(Environment.NewLine, selection.Problems.Select(problem => problem.Message)));
    }

    internal static TargetQuery Query(LayerAdapterConfig config, nn.Module model) => new()
    {
        Targets = config.Targets,
        TargetPattern = config.TargetPattern,
        Exclude = config.Exclude,
        ExcludePattern = config.ExcludePattern,
        Layers = config.Layers,
        LayersPattern = config.LayersPattern,
        ModulesToSave = config.TrainsHead ? [.. config.ModulesToSave ?? [], .. TrainedHeads.Of(model)] : config.ModulesToSave,
        DefaultTargets = FamilyDefaults.Of(model, config.Method),
        Lenient = config.Source is not null,
    };

    /// <summary>Puts full copies of modules in their places, for the methods that train some modules whole.</summary>
    internal static void SaveModules(TargetSelection selection, IReadOnlyList<PlacedLayer> layers, string adapter)
    {
        Dictionary<string, PlacedLayer> byPath = layers.ToDictionary(layer => layer.Path);
        foreach (PlacedLayer place in selection.Saved.Select(saved => byPath[saved.Path]))
        {
            SlotWriter.Write(place, new FullCopy((nn.Module<Tensor, Tensor>)place.Layer, adapter));
        }
    }

    private static TargetLayer Describe(PlacedLayer place)
    {
        LayerKind kind = StockLayers.KindOf(place.Layer);
        return place.Base is { } layer
            ? new TargetLayer(place.Path, kind, layer.Output, layer.Input, layer.bias is not null)
            : new TargetLayer(place.Path, kind);
    }
}
