using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Plans [Quantize] on the model: its layers, and their memory.</summary>
internal static class QuantizePlanner
{
    internal static QuantizePlan? Plan(PlanContext context)
    {
        if (context.Declaration.Quantize is not { } spec) return null;

        foreach (AdapterSpec adapter in context.Declaration.Adapters.Where(adapter => Combinations.Conflict(adapter.Traits, [Combinations.StoredInFourBits]) is not null))
        {
            context.Report(RuleIds.Incompatible, RuleTexts.TrainsFourBits(adapter.Method, spec.Bits), spec.Place);
        }

        string head = context.Declaration.Tree.TrainedHead;
        TargetQuery query = QuantizedLayers.Query(spec.Exclude, head.Length > 0 ? [head] : []);
        TargetSelection selection = TargetSelector.Select(
            context.Declaration.Name, QuantizedLayers.Attribute, query, context.Layers.Layers.Select(layer => layer.Layer).ToList());
        foreach (TargetProblem problem in selection.Problems)
        {
            context.Report(problem.Id, problem.Message, spec.Place.At(problem.Argument, problem.Index), problem.Near);
        }

        List<(long Elements, long Row)> sizes = selection.Adapted.Select(layer => (layer.Output * layer.Input, layer.Input)).ToList();
        bool known = context.Layers.IsExact && sizes.All(size => size.Elements > 0) && QuantizedSize.BlockSizes.Contains(spec.BlockSize);
        long Bytes((long Elements, long Row) size) =>
            QuantizedSize.Bytes(spec.Type, size.Elements, spec.Type == QuantizationType.Int8 ? size.Row : spec.BlockSize, spec.DoubleQuantization);
        return new QuantizePlan(
            spec,
            context.Layers.IsExact ? sizes.Count : 0,
            known ? sizes.Sum(size => size.Elements) : null,
            known ? sizes.Sum(Bytes) : null);
    }
}
