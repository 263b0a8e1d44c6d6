namespace Peft.Declarative.Generators.Model;

/// <summary>What [Training] says; the defaults of the attribute where it is silent or missing.</summary>
/// <param name="Written">The attribute as it is written; empty if the class has none.</param>
/// <param name="Settings">Arguments that are set, as assignments to properties of the plan.</param>
internal sealed record TrainingSpec(
    string Written,
    EquatableArray<string> Settings,
    int Accumulate = 1,
    double MaxGradientNorm = 1.0,
    bool BFloat16 = false,
    bool GradientCheckpointing = false,
    int Seed = 42)
{
    /// <summary>Name of the value of OptimizerType.</summary>
    public string Optimizer { get; init; } = "AdamW";
}
