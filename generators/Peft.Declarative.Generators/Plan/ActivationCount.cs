using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Plan;

/// <summary>
/// Counts the values between the layers that autograd keeps for the backward pass. A frozen product keeps its weight only, so most are kept by what is between
/// products: norms their inputs, attention its queries, keys, values and result, activation functions their inputs, a gate also the other factor.
/// </summary>
internal sealed class ActivationCount(ModelPlan plan, PlanContext context)
{
    // Queries, keys, values (each for all heads) and the result.
    private const int OfAttention = 4;

    private readonly bool _isSelective = plan.Declaration.Training.Checkpointing == Checkpointing.Selective;

    /// <summary>Counts the values of a token in all blocks.</summary>
    internal double InBlocks()
    {
        List<ExpandedLayer> layers = context.Layers.Layers.Where(layer => layer.Blocks.Count > 0).ToList();
        double norms = layers.Where(layer => layer.Layer.Kind == LayerKind.Norm).Sum(layer => (double)layer.Layer.Output);
        double attention = (context.Attentions ?? []).Sum(kind => (double)OfAttention * kind.Blocks * kind.Width);
        return norms + attention + layers.GroupBy(BlockOf).Sum(block => Inner(block.ToList())) + plan.Adapters.Where(adapter => adapter.Spec.IsFirst).Sum(OfAdapter);   // a row has one of the personas
    }

    /// <summary>Counts the blocks, and the hidden states of a token that each passes on.</summary>
    internal (int Blocks, long Width) Chain() => (context.Layers.Layers.Where(layer => layer.Blocks.Count > 0).Select(BlockOf).Distinct().Count(), context.Width ?? 0);

    private static string BlockOf(ExpandedLayer layer) => layer.Layer.Path.Substring(0, layer.Layer.Path.IndexOf($".{layer.Blocks[0]}.", StringComparison.Ordinal) + 1) + layer.Blocks[0];

    /// <summary>Counts the feed-forward networks of a block: the input of the activation function, and with a gate also what it is multiplied to.</summary>
    private static double Inner(List<ExpandedLayer> block)
    {
        List<TargetLayer> products = block.Select(layer => layer.Layer).Where(layer => layer.Kind == LayerKind.Linear).ToList();
        return products.Where(layer => layer.Input > layer.Output).Sum(last =>
        {
            bool isGated = products.Count(first => first.Output == last.Input && first.Input == last.Output) > 1;
            return (double)last.Input * (isGated ? 2 : 1);
        });
    }

    /// <summary>Counts what an adapter adds: the inputs of trained products, which layers of one module share, and the method's own.</summary>
    private double OfAdapter(AdapterPlan adapter)
    {
        if (adapter.Parts.Count > 0) return adapter.Parts.Sum(OfAdapter);

        AdapterMethod method = adapter.Spec.Kind;
        double own = adapter.Adapted.Sum(layer => layer.Count * method.Activations(adapter.Spec, layer));
        return own + (method.KeepsInputs && !(_isSelective && method.RecomputesInputs(adapter.Spec)) ? adapter.Adapted
            .Where(layer => layer.Layer.Kind == LayerKind.Linear)
            .GroupBy(layer => (Module: layer.Layer.Path.Substring(0, layer.Layer.Path.LastIndexOf('.') + 1), layer.Input))
            .Sum(group => (double)group.Max(layer => layer.Count) * group.Key.Input) : 0);
    }
}
