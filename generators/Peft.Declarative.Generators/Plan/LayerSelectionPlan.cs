using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Plan;

/// <summary>The layers of one adapter, grouped for writing, and one by one as they were selected.</summary>
/// <param name="Adapted">Layers that get an adapter.</param>
/// <param name="Saved">Layers that are trained in full.</param>
/// <param name="AtRunTime">Whether the run time has to select.</param>
/// <param name="Selection">What the query selected.</param>
internal sealed record LayerSelectionPlan(
    EquatableArray<PlannedLayer> Adapted, EquatableArray<PlannedLayer> Saved, bool AtRunTime, TargetSelection Selection)
{
    /// <summary>The adapted layers one by one.</summary>
    internal IReadOnlyList<SelectedLayer> Selected => Selection.Adapted;
}
