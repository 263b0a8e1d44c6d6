namespace Peft.Declarative.Generators.Model;

/// <summary>A quantised base, held against the model.</summary>
/// <param name="Spec">The declaration.</param>
/// <param name="Layers">Layers in 4 bits; 0 if their number is not known.</param>
/// <param name="Parameters">Weights of those layers; null if not known.</param>
/// <param name="Bytes">What those weights take with their scales; null if not known.</param>
internal sealed record QuantizePlan(QuantizeSpec Spec, int Layers, long? Parameters, long? Bytes);
