using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.BitFit;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.BitFit;

/// <summary>BitFit: trained copies of the base's biases.</summary>
internal sealed class BitFitMethod : LayerMethod<BitFitSpec>
{
    internal override MethodFacts Facts => BitFitFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("BitFitConfig")];

    protected override string InPlace => "trained copies replace the base's biases, and no layer is wrapped";

    internal override bool KeepsInputs => false;

    protected override BitFitSpec Read(AttributeReader attribute, ParseContext context) => new(attribute.Identity);

    // Without a config, a bias that depends on one of its fields can exist.
    protected override LayerSelectionPlan Narrow(BitFitSpec spec, LayerSelectionPlan selection, PlanContext context)
    {
        List<PlannedLayer> biased = selection.Adapted
            .Where(layer => layer.HasBias || (!context.Layers.IsExact && layer.Layer.Bias is not ("" or "false")))
            .ToList();
        if (biased.Count == 0 && selection.Adapted.Count > 0)
        {
            string text = RuleTexts.NoBiases(context.Declaration.Name, spec.Method, selection.Adapted.Select(layer => layer.Layer.Name));
            context.Report(RuleIds.NothingAdapted, text, spec.Place);
        }

        return selection with { Adapted = biased.ToEquatableArray() };
    }

    protected override long Trained(BitFitSpec spec, PlannedLayer layer) => layer.Output;

    protected override string Title(BitFitSpec spec) => "Trained biases";

    protected override string Parts(BitFitSpec spec, PlannedLayer layer) => $"bias [{Size(layer.Output, "out")}]";

    protected override IEnumerable<string> ConfigSettings(BitFitSpec spec, TypeNames types) => [];

    protected override LayerClass Class(BitFitSpec spec, PlannedLayer layer, TypeNames types) =>
        throw new InvalidOperationException("BitFit puts no class around a layer.");
}

/// <summary>Declared training of biases.</summary>
internal sealed record BitFitSpec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    internal override IReadOnlyList<string> Traits => [Method, Combinations.TrainsBaseBiases];

    internal override TargetQuery Query(ModuleTreeSpec tree) => base.Query(tree) with { DefaultTargets = tree.Names };
}
