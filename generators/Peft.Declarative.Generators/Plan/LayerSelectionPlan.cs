using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Plan;

/// <summary>The layers of one adapter, grouped for writing, and one by one for counting.</summary>
internal sealed record LayerSelectionPlan(
    EquatableArray<PlannedLayer> Adapted, EquatableArray<PlannedLayer> Saved, bool AtRunTime, IReadOnlyList<SelectedLayer> Selected);
