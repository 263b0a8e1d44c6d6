using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Plan;

/// <summary>
/// Finds effects of selected layers that the declaration does not show: a weight that two layers share, few bits under a layer trained in full, missing
/// biases.
/// </summary>
internal sealed class LayerEffects(LayerAdapterSpec spec, PlanContext context)
{
    private readonly string _model = context.Declaration.Name;

    internal void Check(TargetSelection selection)
    {
        if (context.Layers.Sizes.IsKnown) CheckTied(selection);
        if (context.Declaration.Quantize is { } quantize) CheckQuantized(selection, quantize);
        if (spec.Bias != BiasTraining.None && selection.Adapted.Count > 0) CheckBiases(selection);
    }

    private void CheckTied(TargetSelection selection)
    {
        ExpandedLayer? head = context.Layers.Layers.FirstOrDefault(layer => context.Layers.IsTied(layer.Source));
        ExpandedLayer? embedding = context.Layers.Layers.FirstOrDefault(layer => layer.Source.Kind == LayerKind.Embedding);
        if (head is null || embedding is null) return;

        bool both = selection.Saved.Contains(head.Layer) && selection.Saved.Contains(embedding.Layer);
        foreach ((TargetLayer tied, string other) in new[] { (head.Layer, embedding.Layer.Name), (embedding.Layer, head.Layer.Name) })
        {
            if (selection.Adapted.Contains(tied) && Find(spec.Targets, tied) is var target && (target >= 0 || spec.TargetPattern is not null))
            {
                SourcePlace place = target >= 0 ? spec.At(nameof(spec.Targets), target) : spec.Place.At(nameof(spec.TargetPattern));
                context.Report(RuleIds.TiedWeight, RuleTexts.TiedTarget(_model, spec.Method, tied.Name, other), place);
            }

            if (!both && selection.Saved.Contains(tied) && Find(spec.ModulesToSave, tied) is >= 0 and var saved)
            {
                context.Report(RuleIds.TiedWeight, RuleTexts.TiedSaved(_model, spec.Method, tied.Name, other), spec.Place.At(nameof(spec.ModulesToSave), saved));
            }
        }
    }

    private void CheckQuantized(TargetSelection selection, QuantizeSpec quantize)
    {
        IEnumerable<TargetLayer> quantized = selection.Saved
            .Where(layer => layer.Kind is LayerKind.Linear or LayerKind.Conv1D && !quantize.Exclude.Any(name => LayerPath.EndsWith(layer.Path, name)))
            .GroupBy(layer => layer.Name)
            .Select(same => same.First());
        foreach (TargetLayer layer in quantized)
        {
            if (Find(spec.ModulesToSave, layer) is not (>= 0 and var saved)) continue;
            context.Report(RuleIds.Incompatible, RuleTexts.SavedInFourBits(_model, spec.Method, layer.Name, quantize.Bits), spec.Place.At(nameof(spec.ModulesToSave), saved));
        }
    }

    private void CheckBiases(TargetSelection selection)
    {
        HashSet<string> adapted = [.. selection.Adapted.Select(layer => layer.Path)];
        bool none = context.Layers.Layers
            .Where(layer => spec.Bias == BiasTraining.All || adapted.Contains(layer.Layer.Path))
            .All(layer => !layer.Layer.HasBias && layer.Source.Bias.Length > 0 && (layer.Source.Bias == "false" || context.Layers.Sizes.IsKnown));
        if (none) context.Report(RuleIds.SelectorWithoutEffect, RuleTexts.BiasWithoutBiases(_model, spec.Method, spec.Bias.ToString()), spec.Place.At(nameof(spec.Bias)));
    }

    private static int Find(EquatableArray<string>? entries, TargetLayer layer) =>
        entries is { } all ? all.ToList().FindIndex(entry => LayerPath.SelfAndParents(layer.Path).Any(path => LayerPath.EndsWith(path, entry))) : -1;
}
