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
