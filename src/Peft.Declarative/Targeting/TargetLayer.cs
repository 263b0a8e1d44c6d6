namespace Peft.Declarative.Targeting;

/// <summary>A layer of the base model as adapters see it. Sizes are 0 where they are not known.</summary>
/// <param name="Path">Path below the model, such as <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="Kind">What the layer is.</param>
/// <param name="Output">Output features; the width of an embedding's vectors; the length of a norm's weight.</param>
/// <param name="Input">Input features; the rows of an embedding; 0 for a norm.</param>
/// <param name="HasBias">Whether a bias [Output] belongs to it.</param>
internal sealed record TargetLayer(string Path, LayerKind Kind, long Output = 0, long Input = 0, bool HasBias = false)
{
    /// <summary>Last part of the path, the name by which users know the layer.</summary>
    internal string Name => LayerPath.LastName(Path);
}

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

    /// <summary>A normalization.</summary>
    internal static IReadOnlyList<LayerKind> Norms { get; } = [LayerKind.Norm];

    /// <summary>What a layer is, in a sentence.</summary>
    internal static string InWords(LayerKind kind) => kind switch
    {
        LayerKind.Linear => "a linear layer",
        LayerKind.Conv1D => "a Conv1D layer",
        LayerKind.Embedding => "an embedding",
        LayerKind.Head => "an output head",
        LayerKind.Norm => "a normalization",
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

/// <summary>How names are compared with paths of layers: whole, or as an end that begins at a dot.</summary>
internal static class LayerPath
{
    internal static string LastName(string path) => path.Substring(path.LastIndexOf('.') + 1);

    /// <summary>Whether <paramref name="name"/> is the path or ends it at a dot: <c>q_proj</c> ends <c>self_attn.q_proj</c>, not <c>my_q_proj</c>.</summary>
    internal static bool EndsWith(string path, string name) =>
        path.EndsWith(name, StringComparison.Ordinal)
        && (path.Length == name.Length || path[path.Length - name.Length - 1] == '.');

    /// <summary>The path and every module above it, innermost first: <c>a.b.c</c>, <c>a.b</c>, <c>a</c>.</summary>
    internal static IEnumerable<string> SelfAndParents(string path)
    {
        for (int end = path.Length; end > 0; end = path.LastIndexOf('.', end - 1))
        {
            yield return path.Substring(0, end);
        }
    }

    /// <summary>The last <paramref name="parts"/> parts of a path, or all of it if it has fewer.</summary>
    internal static string End(string path, int parts)
    {
        int start = path.Length;
        for (int i = 0; i < parts && start > 0; i++)
        {
            start = path.LastIndexOf('.', start - 1);
            if (start < 0) return path;
        }

        return path.Substring(start + 1);
    }
}
