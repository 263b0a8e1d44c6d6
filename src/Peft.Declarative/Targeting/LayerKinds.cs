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

/// <summary>Names of the vocabulary's layers, by which the reference library knows them whatever the model.</summary>
internal static class VocabularyLayers
{
    /// <summary>The input embedding.</summary>
    internal const string Embedding = "embed_tokens";

    /// <summary>The output head; in a module of the user's own nothing but this name tells it from other linear layers.</summary>
    internal const string Head = "lm_head";

    /// <summary>Whether an adapter's file holds the layer's base weight too: vocabularies grow, so the reference library saves it along.</summary>
    internal static bool IsSavedAlong(string name) => name is Embedding or Head;
}
