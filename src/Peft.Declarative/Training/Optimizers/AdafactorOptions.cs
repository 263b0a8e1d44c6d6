namespace Peft.Declarative.Training.Optimizers;

/// <summary>The constants of <see cref="Adafactor"/>. The defaults are those of the paper.</summary>
public sealed record AdafactorOptions
{
    /// <summary>
    /// Whether the optimizer computes the learning rate from the step and ignores the one that it is given. The default is <see langword="true"/>.
    /// </summary>
    public bool RelativeStep { get; init; } = true;

    /// <summary>Whether that learning rate starts very small and increases with the steps. The default is <see langword="false"/>.</summary>
    public bool WarmupInit { get; init; }

    /// <summary>Whether the learning rate is multiplied by the root mean square of the weights. The default is <see langword="true"/>.</summary>
    public bool ScaleParameter { get; init; } = true;

    /// <summary>The decay of the averaged updates. The default is <see langword="null"/>: no first moment.</summary>
    public double? Beta1 { get; init; }

    /// <summary>The power in the decay of the second moment, which is 1 − t^−power at step t. The default is 0.8.</summary>
    public double DecayPower { get; init; } = 0.8;

    /// <summary>The maximum root mean square of an update before the learning rate. The default is 1.</summary>
    public double ClipThreshold { get; init; } = 1.0;

    /// <summary>The number added to each squared gradient. The default is 1e-30.</summary>
    public double SquareEpsilon { get; init; } = 1e-30;

    /// <summary>The minimum root mean square of the weights for the scaling. The default is 1e-3.</summary>
    public double ScaleEpsilon { get; init; } = 1e-3;

    /// <summary>The fraction of each weight that is subtracted per step, times the learning rate. The default is 0.</summary>
    public double WeightDecay { get; init; }
}
