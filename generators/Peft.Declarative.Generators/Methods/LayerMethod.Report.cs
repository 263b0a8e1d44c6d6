using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods;

// Descriptions of an adapter on layers in words and numbers.
internal abstract partial class LayerMethod<TSpec>
{
    internal sealed override string Summary(AdapterPlan plan, ModelPlan model)
    {
        string names = RuleTexts.Names(plan.Adapted.Select(layer => layer.Layer.Name), "and");
        string cost = plan.Trainable is { } trainable ? $": {ModelReport.Share(trainable, model)}." : ". Sizes come from the checkpoint.";
        return $"{Title((TSpec)plan.Spec)} on {names}{Blocks(plan)}{cost}";
    }

    internal sealed override IEnumerable<string> Report(AdapterPlan plan)
    {
        var spec = (TSpec)plan.Spec;
        Func<PlannedLayer, string> name = LayerTable.Names(plan.Adapted);
        foreach (PlannedLayer layer in plan.Adapted)
        {
            long? count = layer is { IsSized: true, Count: > 0 } ? layer.Count * Trained(spec, layer) : null;
            yield return LayerTable.Row(layer, name(layer), Parts(spec, layer), count);
        }

        foreach (PlannedLayer layer in plan.Saved) yield return LayerTable.Row(layer, "trained in full", layer.Parameters);
        foreach (string line in Remarks(spec, plan)) yield return line;
        if (spec.Bias != BiasTraining.None) yield return spec.Bias == BiasTraining.All ? "all biases of the base" : "biases of the adapted layers";
    }

    private static string Blocks(AdapterPlan plan)
    {
        if (plan.AtRunTime || plan.Adapted.Any(layer => layer.Blocks.Count > 0)) return " of some blocks";
        List<int> counts = plan.Adapted.Where(layer => layer.InBlocks).Select(layer => layer.Count).Distinct().ToList();
        return counts switch { [] => "", [> 0] => $" of all {counts[0]} blocks", _ => " of all blocks" };
    }
}
