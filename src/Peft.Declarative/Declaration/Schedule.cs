namespace Peft.Declarative;

/// <summary>The learning rate schedule after the warm-up, over the optimizer steps.</summary>
public enum Schedule
{
    /// <summary>Falls in a straight line to zero at the last step.</summary>
    Linear,

    /// <summary>Stays at its peak.</summary>
    Constant,

    /// <summary>Falls along half a cosine to zero at the last step.</summary>
    Cosine,

    /// <summary>Falls with the square root of the steps done; does not depend on how many there will be.</summary>
    InverseSquareRoot,

    /// <summary>Stays at its peak and falls to zero along half a cosine over the last fifth of the steps.</summary>
    WarmupStableDecay,
}
