namespace Peft.Declarative.Targeting;

/// <summary>Kinds of layer that methods sit on, by what they need of one.</summary>
internal static class LayerKinds
{
    /// <summary>A weight matrix, also one whose rows are looked up.</summary>
    internal static IReadOnlyList<LayerKind> WithMatrix { get; } = [LayerKind.Linear, LayerKind.Conv1D, LayerKind.Embedding, LayerKind.Head];

    /// <summary>A product of a weight matrix and an input.</summary>
    internal static IReadOnlyList<LayerKind> WithProduct { get; } = [LayerKind.Linear, LayerKind.Conv1D, LayerKind.Head];

    /// <summary>A product of a weight matrix and an input, the output head left aside.</summary>
    internal static IReadOnlyList<LayerKind> Linear { get; } = [LayerKind.Linear, LayerKind.Conv1D];

    /// <summary>Any weight, for methods that train parameters and not what is made of them.</summary>
    internal static IReadOnlyList<LayerKind> All { get; } = [LayerKind.Linear, LayerKind.Conv1D, LayerKind.Embedding, LayerKind.Head, LayerKind.Norm];

    /// <summary>A normalisation.</summary>
    internal static IReadOnlyList<LayerKind> Norms { get; } = [LayerKind.Norm];

    /// <summary>What a layer is, in a sentence.</summary>
    internal static string InWords(LayerKind kind) => kind switch
    {
        LayerKind.Linear => "a linear layer",
        LayerKind.Conv1D => "a Conv1D layer",
        LayerKind.Embedding => "an embedding",
        LayerKind.Head => "an output head",
        LayerKind.Norm => "a normalisation",
        _ => "a layer without a weight matrix",
    };
}
