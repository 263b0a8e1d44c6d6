using Peft.Declarative.Methods.SparseMask;

namespace Peft.Declarative;

/// <summary>
/// Trains a fixed few of the base's weights, chosen once, and leaves all others as they are to the bit. Stored are the positions and the new
/// values only. FISH mask: Sung, Nair, Raffel 2021, arXiv 2111.09839.
/// </summary>
/// <param name="density">Share of the targets' weights that is trained; above 0 and at most 1. The paper takes 0.005.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class SparseMaskAttribute(double density = SparseMaskFacts.Density) : LayerAdapterAttribute
{
    /// <summary>Share of the targets' weights that is trained.</summary>
    public double Density { get; } = density;

    /// <summary>How the weights are chosen; by Fisher information unless set, at the beginning of the first training.</summary>
    public MaskChoice Choice { get; init; }

    /// <summary>Rows of the training data that <see cref="MaskChoice.Fisher"/> looks at; 1024 unless set, as in the paper.</summary>
    public int Samples { get; init; } = SparseMaskFacts.Samples;
}

/// <summary>How a sparse mask chooses the weights that are trained.</summary>
public enum MaskChoice
{
    /// <summary>
    /// Those that the loss is most sensitive to on the training data, over all layers together: the largest mean squared gradients, one row at a
    /// time (FISH mask). Sung, Nair, Raffel 2021, arXiv 2111.09839.
    /// </summary>
    Fisher,

    /// <summary>Those of the largest magnitude, in each layer the same share. Needs no data.</summary>
    Magnitude,
}
