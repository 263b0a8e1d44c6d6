using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Plan;

/// <summary>The context in which a method plans its adapters: the model's layers, and the receiver of problems.</summary>
internal sealed class PlanContext(ModelDeclaration declaration, ConfigSizes sizes, LayerExpansion layers, List<Problem> problems)
{
    internal ModelDeclaration Declaration => declaration;

    internal LayerExpansion Layers => layers;

    internal void Report(string id, string message, SourcePlace place, IEnumerable<string>? suggestions = null, SourcePlace? other = null) =>
        problems.Add(new Problem(id, message, place, (suggestions ?? []).ToEquatableArray(), other));

    /// <summary>The number of blocks with keys and values; <see langword="null"/> if not known.</summary>
    internal long? KeyValueBlocks => sizes.Count(declaration.Tree.KeyValueBlocks);

    /// <summary>The width of a block's keys; <see langword="null"/> if not known.</summary>
    internal long? KeyValueWidth => sizes.Product(declaration.Tree.KeyValueWidth) is var width and > 0 ? width : null;

    /// <summary>The number of parameters of the base outside of slots; 0 if there are none, or sizes are not known.</summary>
    internal long OutsideSlots => sizes.Product(declaration.Tree.SizeOutsideSlots);

    /// <summary>The blocks and width of each kind of attention; <see langword="null"/> if a size is not known.</summary>
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

    /// <summary>The width of the input embedding; <see langword="null"/> if not known.</summary>
    internal long? Width =>
        layers.Layers.FirstOrDefault(layer => layer.Source.Kind == LayerKind.Embedding)?.Layer.Output is { } width and > 0 ? width : null;
}
