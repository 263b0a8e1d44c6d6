namespace Peft.Declarative.Targeting;

/// <summary>Kinds of layer that methods sit on, by what they need of one.</summary>
internal static class LayerKinds
{
    /// <summary>A weight matrix, also one whose rows are looked up.</summary>
    internal static IReadOnlyList<LayerKind> WithMatrix { get; } = [LayerKind.Linear, LayerKind.Conv1D, LayerKind.Embedding, LayerKind.Head];

    /// <summary>A product of a weight matrix and an input.</summary>
    internal static IReadOnlyList<LayerKind> WithProduct { get; } = [LayerKind.Linear, LayerKind.Conv1D, LayerKind.Head];

    /// <summary>A normalisation.</summary>
    internal static IReadOnlyList<LayerKind> Norms { get; } = [LayerKind.Norm];
}
