using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Selects the layers of an adapter and groups them as in the tree, so that one line of code is for all blocks.</summary>
/// <param name="spec">The declared adapter.</param>
/// <param name="adaptable">The kinds of layers that its method can adapt.</param>
/// <param name="context">The model, and the receiver of problems.</param>
internal sealed class LayerPlanner(LayerAdapterSpec spec, IReadOnlyList<LayerKind> adaptable, PlanContext context)
{
    private bool _atRunTime;

    /// <param name="settings">Gets the method's settings for each selected layer. Called once, when the selection is known.</param>
    internal LayerSelectionPlan Select(Func<TargetSelection, Func<TargetLayer, LayerSetting?>> settings)
    {
        IReadOnlyList<ExpandedLayer> layers = context.Layers.Layers;
        TargetQuery query = spec.Query(context.Declaration.Tree) with { Adaptable = adaptable };
        if (query.LastBlocks > 0 && !context.Layers.IsExact)
        {
            _atRunTime = true;   // the last blocks depend on their number, which only the checkpoint contains
            if (query.Layers is not null) context.Report(RuleIds.SelectorsClash, RuleTexts.SelectorsClash(spec.Method, "Layers", "LastBlocks"), spec.Place.At("LastBlocks"));
            query = query with { LastBlocks = 0 };
        }

        TargetSelection selection = TargetSelector.Select(context.Declaration.Name, spec.Method, query, layers.Select(layer => layer.Layer).ToList());
        foreach (TargetProblem problem in selection.Problems)
        {
            context.Report(problem.Id, problem.Message, spec.At(problem.Argument, problem.Index), problem.Near);
        }

        Dictionary<string, ExpandedLayer> byPath = layers.GroupBy(layer => layer.Layer.Path, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First());
        List<PlannedLayer> adapted = Group(selection.Adapted, settings(selection), byPath);
        List<PlannedLayer> saved = Group(selection.Saved, _ => null, byPath);
        foreach (PlannedLayer layer in adapted.Concat(saved)) CheckReach(layer);

        new LayerEffects(spec, context).Check(selection);
        adapted = ClassNames.Give(adapted);
        return new LayerSelectionPlan(adapted.ToEquatableArray(), saved.ToEquatableArray(), _atRunTime, selection);
    }

    private List<PlannedLayer> Group(
        IEnumerable<TargetLayer> selected, Func<TargetLayer, LayerSetting?> setting, Dictionary<string, ExpandedLayer> byPath) => selected
        .Select(layer => (Setting: setting(layer), Expanded: byPath[layer.Path]))
        .GroupBy(layer => (layer.Expanded.Source, layer.Setting))
        .Select(group => Plan(group.Key.Source, group.Key.Setting, group.Select(layer => layer.Expanded).ToList()))
        .ToList();

    private PlannedLayer Plan(TreeLayer source, LayerSetting? setting, List<ExpandedLayer> members)
    {
        int occurrences = context.Layers.Occurrences(source);
        bool all = members.Count == occurrences;

        // Blocks can be selected by index only if the number of blocks is known, and only in one list at a time.
        bool nested = members[0].Blocks.Count > 1;
        if (context.Layers.MayBeMissing(source)) _atRunTime = true;
        if (!all && (!context.Layers.IsExact || nested)) _atRunTime = true;

        bool counted = members[0].Blocks.Count == 0 || context.Layers.IsExact;
        TargetLayer first = members[0].Layer;
        return new PlannedLayer(
            source,
            all ? default : members.Select(member => member.Blocks[0]).ToEquatableArray(),
            counted ? members.Count : 0,
            counted ? occurrences : 0,
            first.Output,
            first.Input,
            first.HasBias)
        {
            Setting = setting,
        };
    }

    private void CheckReach(PlannedLayer planned)
    {
        TreeLayer layer = planned.Layer;
        string model = context.Declaration.Name;
        SourcePlace type = SourcePlace.TypeOf(layer.Owner, layer.Member.TrimStart('@'));
        switch (layer.Obstacle)
        {
            case SlotObstacle.SealedType:
                context.Report(RuleIds.SealedField, RuleTexts.SealedField(layer.Name, layer.TypeName, spec.Method), type);
                break;
            case SlotObstacle.OtherType:
                context.Report(RuleIds.SealedField, RuleTexts.NotReplaceable(layer.Name, layer.TypeName, spec.Method), type);
                break;
            case SlotObstacle.ReadOnly:
                context.Report(RuleIds.SealedField, RuleTexts.ReadOnlyField(layer.Name, spec.Method), type);
                break;
            case SlotObstacle.Hidden:
                string text = RuleTexts.SlotOutOfReach(
                    model, layer.Path, spec.Method, $"a member on the way is not accessible from '{model}'", "Make it internal or public.");
                context.Report(RuleIds.SlotOutOfReach, text, spec.Place, other: layer.Hidden);
                break;
        }
    }
}

/// <summary>The layers of one adapter, grouped for writing, and individually as they were selected.</summary>
/// <param name="Adapted">The layers that get an adapter.</param>
/// <param name="Saved">The layers that are trained in full.</param>
/// <param name="AtRunTime">Whether the run time selects the layers.</param>
/// <param name="Selection">The result of the query.</param>
internal sealed record LayerSelectionPlan(
    EquatableArray<PlannedLayer> Adapted, EquatableArray<PlannedLayer> Saved, bool AtRunTime, TargetSelection Selection)
{
    /// <summary>The adapted layers individually.</summary>
    internal IReadOnlyList<TargetLayer> Selected => Selection.Adapted;
}
