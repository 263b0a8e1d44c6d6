using Peft.Declarative.Methods.SparseMask;

namespace Peft.Declarative;

/// <summary>
/// Trains a small fixed set of the base's weights, which is selected once. All other weights are unchanged. The file contains only the positions and
/// the new values. FISH mask: Sung, Nair, Raffel 2021, arXiv 2111.09839.
/// </summary>
/// <param name="density">The fraction of the targets' weights that is trained, above 0 and at most 1. The default is 0.005, as in the paper.</param>
/// <example>
/// <code>
/// [SparseMask(0.005)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class SparseMaskAttribute(double density = SparseMaskFacts.Density) : LayerAdapterAttribute
{
    /// <summary>The fraction of the targets' weights that is trained.</summary>
    public double Density { get; } = density;

    /// <summary>The criterion for the weights. The default is Fisher information, computed at the beginning of the first training.</summary>
    public MaskChoice Choice { get; init; }

    /// <summary>The number of training rows that <see cref="MaskChoice.Fisher"/> uses, at least 1. The default is 1024, as in the paper.</summary>
    public int Samples { get; init; } = SparseMaskFacts.Samples;
}

/// <summary>The criterion by which a sparse mask selects the trained weights.</summary>
public enum MaskChoice
{
    /// <summary>
    /// The weights to which the loss is most sensitive on the training data, over all layers together: the largest mean squared gradients, one row at
    /// a time (FISH mask). Sung, Nair, Raffel 2021, arXiv 2111.09839.
    /// </summary>
    Fisher,

    /// <summary>The weights with the largest magnitude, the same fraction in each layer. Needs no data.</summary>
    Magnitude,
}
