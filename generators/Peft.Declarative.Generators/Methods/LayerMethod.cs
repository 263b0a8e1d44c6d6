using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods;

/// <summary>
/// A method that sits on layers. Which layers, their wiring, a class for each, joining attributes on members, counting and reporting are the
/// same for all of them and done here; a method says what its adapter is on one layer.
/// </summary>
/// <typeparam name="TSpec">What its attribute says.</typeparam>
internal abstract partial class LayerMethod<TSpec> : AdapterMethod
    where TSpec : LayerAdapterSpec
{
    /// <summary>Arguments of its own that choose among the targets, which a member has none of.</summary>
    protected virtual IReadOnlyList<string> OwnSelectors => [];

    /// <summary>Reads what the attribute says beside the selectors, and reports numbers that cannot be.</summary>
    protected abstract TSpec Read(AttributeReader attribute, ParseContext context);

    /// <summary>
    /// Makes one adapter of two attributes on members, as far as they may differ: gives the first with what the second adds, and the second
    /// without that. What then still differs makes them two.
    /// </summary>
    protected virtual (TSpec Joined, TSpec Member) Reconcile(TSpec earlier, TSpec member) => (earlier, member);

    /// <summary>What holds for each layer alone, such as its rank.</summary>
    protected virtual Func<TargetLayer, LayerSetting?> Settings(TSpec spec, TargetSelection selection, PlanContext context) => _ => null;

    /// <summary>Leaves out of the selection what the method finds nothing to train in, and reports if nothing is left.</summary>
    protected virtual LayerSelectionPlan Narrow(TSpec spec, LayerSelectionPlan selection, PlanContext context) => selection;

    /// <summary>Why the method puts nothing around a layer; null if it does, as most do.</summary>
    protected virtual string? InPlace => null;

    /// <summary>Reports numbers that do not fit the selected layers.</summary>
    protected virtual void Check(TSpec spec, LayerSelectionPlan selection, PlanContext context)
    {
    }

    /// <summary>Trained values of one layer, whose sizes are known.</summary>
    protected abstract long Trained(TSpec spec, PlannedLayer layer);

    /// <summary>Trained values that the counts of single layers do not tell; null if not known.</summary>
    protected virtual long? TrainedBeside(TSpec spec, LayerSelectionPlan selection, PlanContext context) => 0;

    /// <summary>Values that the file holds although they are not trained.</summary>
    protected virtual long FrozenInFile(TSpec spec, LayerSelectionPlan selection) => 0;

    /// <summary>The method with its numbers, as a sentence about its layers begins: <c>LoRA of rank 8</c>.</summary>
    protected abstract string Title(TSpec spec);

    /// <summary>The trained tensors of a layer with their shapes.</summary>
    protected abstract string Parts(TSpec spec, PlannedLayer layer);

    /// <summary>Lines of the header beside the rows of the layers.</summary>
    protected virtual IEnumerable<string> Remarks(TSpec spec, AdapterPlan plan) => [];

    /// <summary>Assignments in the config's initialiser, beside the selectors.</summary>
    protected abstract IEnumerable<string> ConfigSettings(TSpec spec, TypeNames types);

    /// <summary>The class that stands around a layer.</summary>
    protected abstract LayerClass Class(TSpec spec, PlannedLayer layer, TypeNames types);

    /// <summary>What all layers of the adapter share; null for nothing.</summary>
    protected virtual SharedValue? Shared(TSpec spec, AdapterPlan plan, TypeNames types) => null;

    /// <summary>Statements after the layers are in place.</summary>
    protected virtual void WriteBeside(CodeWriter code, TSpec spec, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>A size in a formula or a shape: its number, or a name where it is not known.</summary>
    private protected static string Size(long size, string name) => size > 0 ? size.ToString(System.Globalization.CultureInfo.InvariantCulture) : name;
}
