using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>Describes a bottleneck in words and numbers.</summary>
internal sealed class BottleneckReport(AdapterPlan plan)
{
    private readonly BottleneckSpec _spec = (BottleneckSpec)plan.Spec;

    internal string Summary(ModelPlan model)
    {
        string cost = plan.Trainable is { } trainable ? $": {ModelReport.Share(trainable, model)}." : ". Sizes come from the checkpoint.";
        string where = _spec.IsParallel ? "beside" : "after";
        string coupling = _spec.Invertible ? ", an invertible network on the embeddings" : "";
        return $"Bottlenecks of reduction {RuleTexts.Number(_spec.Reduction)} {where} {RuleTexts.Names(_spec.Targets, "and")}{Blocks()}{coupling}{cost}";
    }

    internal IEnumerable<string> Lines()
    {
        foreach (PlannedLayer layer in plan.Adapted) yield return LayerTable.Row(layer, SublayerPlanner.NameOf(layer), Parts(layer), BottleneckPlanner.Count(layer, _spec));
        foreach (PlannedLayer layer in plan.Saved) yield return LayerTable.Row(layer, "trained in full", layer.Parameters);
        if (_spec.Invertible) yield return "an invertible network on the embeddings";
    }

    private string Blocks() => plan.AtRunTime || plan.Adapted.Any(layer => layer.Blocks.Count > 0) ? " of some blocks" : " of all blocks";

    private static string Parts(PlannedLayer layer) => layer.Output > 0
        ? $"D [{Literal.Of(SublayerSetting.Of(layer).Size)}, {layer.Output}]   U [{layer.Output}, {Literal.Of(SublayerSetting.Of(layer).Size)}]"
        : $"D [hidden / {RuleTexts.Number(SublayerSetting.Of(layer).Reduction)}, hidden]   U [hidden, hidden / {RuleTexts.Number(SublayerSetting.Of(layer).Reduction)}]";
}
