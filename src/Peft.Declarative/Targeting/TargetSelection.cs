namespace Peft.Declarative.Targeting;

/// <summary>What a query selects in a model.</summary>
/// <param name="Adapted">Layers that get an adapter, in the model's order.</param>
/// <param name="Saved">Layers that are trained in full, in the model's order.</param>
/// <param name="Problems">Everything that is wrong with the query; empty if it can be used.</param>
internal sealed record TargetSelection(
    IReadOnlyList<SelectedLayer> Adapted,
    IReadOnlyList<TargetLayer> Saved,
    IReadOnlyList<TargetProblem> Problems);
