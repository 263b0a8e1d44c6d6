using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Plan;

/// <summary>What a method needs to plan its adapters: the model's layers, and where problems go.</summary>
internal sealed class PlanContext(ModelDeclaration declaration, ConfigSizes sizes, LayerExpansion layers, List<Problem> problems)
{
    internal ModelDeclaration Declaration => declaration;

    internal LayerExpansion Layers => layers;

    internal void Report(string id, string message, SourcePlace place, IEnumerable<string>? suggestions = null) =>
        problems.Add(new Problem(id, message, place, (suggestions ?? []).ToEquatableArray()));

    /// <summary>Number of blocks that have keys and values; null if not known.</summary>
    internal long? KeyValueBlocks => sizes.Count(declaration.Tree.KeyValueBlocks);

    /// <summary>Width of a block's keys; null if not known.</summary>
    internal long? KeyValueWidth => sizes.Product(declaration.Tree.KeyValueWidth) is var width and > 0 ? width : null;

    /// <summary>Parameters of the base that are in no slot; 0 if there are none, or sizes are not known.</summary>
    internal long OutsideSlots => sizes.Product(declaration.Tree.SizeOutsideSlots);

    /// <summary>Blocks and width of each kind of attention; null if a size is not known.</summary>
    internal IReadOnlyList<(long Blocks, long Width)>? Attentions
    {
        get
        {
            var kinds = declaration.Tree.Attentions.Select(kind => (Blocks: (long)(sizes.Count(kind.Blocks) ?? 0), Width: sizes.Product(kind.Width))).ToList();
            return kinds.Count > 0 && kinds.All(kind => kind is { Blocks: > 0, Width: > 0 }) ? kinds : null;
        }
    }

    /// <summary>The layers of the head that every adapter of the family trains in full; none in most families.</summary>
    internal List<PlannedLayer> TrainedHead()
    {
        string head = Declaration.Tree.TrainedHead;
        return Layers.Layers
            .Where(layer => head.Length > 0 && LayerPath.SelfAndParents(layer.Layer.Path).Any(path => LayerPath.EndsWith(path, head)))
            .Select(layer => new PlannedLayer(layer.Source, default, 1, 1, layer.Layer.Output, layer.Layer.Input, layer.Layer.HasBias))
            .ToList();
    }

    /// <summary>Width of the input embedding's vectors; null if not known.</summary>
    internal long? Width =>
        layers.Layers.FirstOrDefault(layer => layer.Source.Kind == LayerKind.Embedding)?.Layer.Output is { } width and > 0 ? width : null;
}
