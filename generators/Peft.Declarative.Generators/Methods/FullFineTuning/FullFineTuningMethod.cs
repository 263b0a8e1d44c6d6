using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.FullFineTuning;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.FullFineTuning;

/// <summary>Full fine-tuning: trained copies of every weight and bias, or of those of some layers.</summary>
internal sealed class FullFineTuningMethod : LayerMethod<FullFineTuningSpec>
{
    internal override MethodFacts Facts => FullFineTuningFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("FullFineTuningConfig")];

    protected override IReadOnlyList<string> OwnSelectors => [nameof(FullFineTuningAttribute.LastBlocks)];

    protected override string InPlace => "trained copies replace the base's parameters, and no layer is wrapped";

    protected override FullFineTuningSpec Read(AttributeReader attribute, ParseContext context)
    {
        var spec = new FullFineTuningSpec(attribute.Identity) { LastBlocks = attribute.Value<FullFineTuningAttribute>().LastBlocks };
        new NumberChecks(spec, context).Require(Facts, ("LastBlocks", spec.LastBlocks));
        return spec;
    }

    // A tied head uses the weight of the embedding.
    protected override LayerSelectionPlan Narrow(FullFineTuningSpec spec, LayerSelectionPlan selection, PlanContext context) =>
        selection with { Adapted = selection.Adapted.Where(layer => !context.Layers.IsTied(layer.Layer)).ToEquatableArray() };

    protected override long Trained(FullFineTuningSpec spec, PlannedLayer layer) =>
        (layer.Output * Math.Max(layer.Input, 1)) + (layer.HasBias ? layer.Output : 0);

    // Parameters outside of slots cannot be selected by name, and are trained only if nothing is selected.
    protected override long? TrainedBeside(FullFineTuningSpec spec, LayerSelectionPlan selection, PlanContext context) =>
        spec is { LastBlocks: 0, Targets: null, TargetPattern: null, Exclude: null, ExcludePattern: null, Layers: null } ? context.OutsideSlots : 0;

    protected override string Title(FullFineTuningSpec spec) => spec.LastBlocks switch
    {
        0 => "Full fine-tuning",
        1 => "Full fine-tuning of the last block,",
        _ => $"Full fine-tuning of the last {Literal.Of(spec.LastBlocks)} blocks,",
    };

    protected override string Parts(FullFineTuningSpec spec, PlannedLayer layer) => layer.HasBias ? "weight and bias" : "weight";

    protected override IEnumerable<string> ConfigSettings(FullFineTuningSpec spec, TypeNames types)
    {
        if (spec.LastBlocks > 0) yield return $"LastBlocks = {Literal.Of(spec.LastBlocks)}";
    }

    protected override LayerClass Class(FullFineTuningSpec spec, PlannedLayer layer, TypeNames types) =>
        throw new InvalidOperationException("Full fine-tuning puts no class around a layer.");
}

/// <summary>Declared training of whole layers.</summary>
internal sealed record FullFineTuningSpec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    public int LastBlocks { get; init; }

    internal override IReadOnlyList<string> Traits => [Method, Combinations.TrainsBaseBiases, Combinations.TrainsBaseWeights];

    internal override TargetQuery Query(ModuleTreeSpec tree) => base.Query(tree) with { DefaultTargets = tree.Names, LastBlocks = LastBlocks, TrainsInFull = true };
}
