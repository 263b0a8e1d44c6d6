using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>What a bottleneck comes to, in words and numbers.</summary>
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
        foreach (PlannedLayer place in plan.Adapted) yield return LayerTable.Row(place, SublayerPlanner.NameOf(place), Parts(place), BottleneckPlanner.Count(place, _spec));
        foreach (PlannedLayer layer in plan.Saved) yield return LayerTable.Row(layer, "trained in full", layer.Parameters);
        if (_spec.Invertible) yield return "an invertible network on the embeddings";
    }

    private string Blocks() => plan.AtRunTime || plan.Adapted.Any(place => place.Blocks.Count > 0) ? " of some blocks" : " of all blocks";

    private static string Parts(PlannedLayer place) => place.Output > 0
        ? $"D [{Literal.Of(SublayerSetting.Of(place).Size)}, {place.Output}]   U [{place.Output}, {Literal.Of(SublayerSetting.Of(place).Size)}]"
        : $"D [hidden / {RuleTexts.Number(SublayerSetting.Of(place).Reduction)}, hidden]   U [hidden, hidden / {RuleTexts.Number(SublayerSetting.Of(place).Reduction)}]";
}
