namespace Peft.Declarative;

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
