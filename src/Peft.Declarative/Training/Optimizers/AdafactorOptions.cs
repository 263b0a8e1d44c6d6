namespace Peft.Declarative.Training.Optimizers;

/// <summary>Constants of <see cref="Adafactor"/>; the defaults are the paper's.</summary>
public sealed record AdafactorOptions
{
    /// <summary>Whether the optimiser sets the rate itself, from the step, and ignores the one it is given; yes unless set.</summary>
    public bool RelativeStep { get; init; } = true;

    /// <summary>Whether that rate starts very small and rises with the steps; no unless set.</summary>
    public bool WarmupInit { get; init; }

    /// <summary>Whether the rate is multiplied by the root mean square of the weights; yes unless set.</summary>
    public bool ScaleParameter { get; init; } = true;

    /// <summary>Decay of the averaged updates; null (the default) keeps no first moment.</summary>
    public double? Beta1 { get; init; }

    /// <summary>The decay of the second moment at step t is 1 − t^−this; 0.8 unless set.</summary>
    public double DecayPower { get; init; } = 0.8;

    /// <summary>Greatest root mean square of an update before the rate; 1 unless set.</summary>
    public double ClipThreshold { get; init; } = 1.0;

    /// <summary>Added to each squared gradient; 1e-30 unless set.</summary>
    public double SquareEpsilon { get; init; } = 1e-30;

    /// <summary>Least root mean square of the weights that counts; 1e-3 unless set.</summary>
    public double ScaleEpsilon { get; init; } = 1e-3;

    /// <summary>Share of each weight taken off per step, times the rate; 0 unless set.</summary>
    public double WeightDecay { get; init; }
}
