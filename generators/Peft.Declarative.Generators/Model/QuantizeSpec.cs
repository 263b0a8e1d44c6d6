namespace Peft.Declarative.Generators.Model;

/// <summary>What [Quantize] says.</summary>
/// <param name="Written">The attribute as it is written.</param>
/// <param name="Type">Name of the value of QuantizationType.</param>
/// <param name="BlockSize">Weights that share a scale.</param>
/// <param name="DoubleQuantization">Whether scales are quantised too.</param>
/// <param name="Exclude">Layers that stay dense.</param>
/// <param name="Place">Where it stands.</param>
internal sealed record QuantizeSpec(string Written, string Type, int BlockSize, bool DoubleQuantization, EquatableArray<string> Exclude, Place Place);
