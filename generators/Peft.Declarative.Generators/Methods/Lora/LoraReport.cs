using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>What a low-rank adapter comes to, in words and numbers.</summary>
internal sealed class LoraReport(AdapterPlan plan)
{
    private readonly LoraSpec spec = (LoraSpec)plan.Spec;

    internal string Summary(ModelPlan model)
    {
        string names = RuleTexts.Names(plan.Adapted.Select(layer => layer.Layer.Name), "and");
        string cost = plan.Trainable is { } trainable ? $": {ModelReport.Share(trainable, model)}." : ". Sizes come from the checkpoint.";
        return $"LoRA of rank {Literal.Of(spec.Rank)}, scaling {Scaling()}, on {names}{Blocks()}{cost}";
    }

    internal IEnumerable<string> Lines()
    {
        foreach (PlannedLayer layer in plan.Adapted) yield return LayerTable.Row(layer, Factors(layer), Count(layer));
        foreach (PlannedLayer layer in plan.Saved) yield return LayerTable.Row(layer, "trained in full", layer.Parameters);
        if (spec.TrainableTokens.Count > 0) yield return $"{spec.TrainableTokens.Count} rows of the input embedding";
        if (spec.Bias != "None") yield return spec.Bias == "All" ? "all biases of the base" : "biases of the adapted layers";
    }

    private string Scaling()
    {
        string alpha = RuleTexts.Number(spec.EffectiveAlpha);
        string rank = Literal.Of(spec.Rank);
        double scaling = spec.EffectiveAlpha / (spec.UseRsLora ? Math.Sqrt(spec.Rank) : spec.Rank);
        return $"{alpha} / {(spec.UseRsLora ? "√" : "")}{rank} = {RuleTexts.Number(Math.Round(scaling, 4))}";
    }

    private string Blocks()
    {
        if (plan.AtRunTime || plan.Adapted.Any(layer => layer.Blocks.Count > 0)) return " of some blocks";
        List<int> counts = plan.Adapted.Where(layer => layer.InBlocks).Select(layer => layer.Count).Distinct().ToList();
        return counts switch { [] => "", [> 0] => $" of all {counts[0]} blocks", _ => " of all blocks" };
    }

    private static string Factors(PlannedLayer layer) => layer is { Input: > 0, Output: > 0 }
        ? $"A [{Literal.Of(layer.Rank)}, {layer.Input}]   B [{layer.Output}, {Literal.Of(layer.Rank)}]"
        : $"A [{Literal.Of(layer.Rank)}, in]   B [out, {Literal.Of(layer.Rank)}]";

    private static long? Count(PlannedLayer layer) =>
        layer is { Input: > 0, Output: > 0, Count: > 0 } ? layer.Count * layer.Rank * (layer.Input + layer.Output) : null;
}
