using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods;

/// <summary>
/// The base class of methods that adapt layers. Selection, wiring, a class for each layer, joining attributes on members, counting and reporting are
/// the same for all of them and done here. A method describes its adapter on one layer.
/// </summary>
/// <typeparam name="TSpec">The type of its declarations.</typeparam>
internal abstract partial class LayerMethod<TSpec> : AdapterMethod
    where TSpec : LayerAdapterSpec
{
    /// <summary>The method's own arguments that select among the targets, which attributes on members do not support.</summary>
    protected virtual IReadOnlyList<string> OwnSelectors => [];

    /// <summary>Reads the attribute without the selectors, and reports numbers that are not possible.</summary>
    protected abstract TSpec Read(AttributeReader attribute, ParseContext context);

    /// <summary>
    /// Joins two attributes on members to one adapter, as far as they can differ: returns the first one with the differences of the second one, and
    /// the second one without them. If they still differ, they are two adapters.
    /// </summary>
    protected virtual (TSpec Joined, TSpec Member) Reconcile(TSpec earlier, TSpec member) => (earlier, member);

    /// <summary>Gets the settings of a single layer, such as its rank.</summary>
    protected virtual Func<TargetLayer, LayerSetting?> Settings(TSpec spec, TargetSelection selection, PlanContext context) => _ => null;

    /// <summary>Removes layers without anything to train from the selection, and reports if nothing is left.</summary>
    protected virtual LayerSelectionPlan Narrow(TSpec spec, LayerSelectionPlan selection, PlanContext context) => selection;

    /// <summary>Gets the reason why the method adds no adapter layer; <see langword="null"/> if it does, as most methods.</summary>
    protected virtual string? InPlace => null;

    /// <summary>Reports numbers that do not fit the selected layers.</summary>
    protected virtual void Check(TSpec spec, LayerSelectionPlan selection, PlanContext context)
    {
    }

    /// <summary>Counts the trained values of one layer, whose sizes are known.</summary>
    protected abstract long Trained(TSpec spec, PlannedLayer layer);

    /// <summary>Counts the trained values that are not in the counts of single layers; <see langword="null"/> if not known.</summary>
    protected virtual long? TrainedBeside(TSpec spec, LayerSelectionPlan selection, PlanContext context) => 0;

    /// <summary>Counts the values in the file that are not trained.</summary>
    protected virtual long FrozenInFile(TSpec spec, LayerSelectionPlan selection) => 0;

    /// <summary>Describes the method with its numbers, as the beginning of a sentence about its layers: <c>LoRA of rank 8</c>.</summary>
    protected abstract string Title(TSpec spec);

    /// <summary>Describes the trained tensors of a layer with their shapes.</summary>
    protected abstract string Parts(TSpec spec, PlannedLayer layer);

    /// <summary>Gets the lines of the header besides the rows of the layers.</summary>
    protected virtual IEnumerable<string> Remarks(TSpec spec, AdapterPlan plan) => [];

    /// <summary>Gets the assignments in the config's initializer besides the selectors.</summary>
    protected abstract IEnumerable<string> ConfigSettings(TSpec spec, TypeNames types);

    /// <summary>Gets the adapter class of a layer.</summary>
    protected abstract LayerClass Class(TSpec spec, PlannedLayer layer, TypeNames types);

    /// <summary>Gets the value that all layers of the adapter share; <see langword="null"/> for none.</summary>
    protected virtual SharedValue? Shared(TSpec spec, AdapterPlan plan, TypeNames types) => null;

    /// <summary>Writes the statements after the adapter layers are assigned.</summary>
    protected virtual void WriteBeside(CodeWriter code, TSpec spec, AdapterPlan plan, TypeNames types)
    {
    }

    /// <summary>Formats a size in a formula or a shape: its number, or a name if it is not known.</summary>
    private protected static string Size(long size, string name) => size > 0 ? size.ToString(System.Globalization.CultureInfo.InvariantCulture) : name;
}
