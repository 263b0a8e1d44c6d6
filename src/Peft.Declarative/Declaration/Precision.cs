namespace Peft.Declarative;

/// <summary>Type in which the frozen base computes. Adapter weights and the loss stay float32.</summary>
public enum Precision
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>bfloat16: half the memory, and much faster on GPUs that have it. On CPU weights are stored so and computed in float32.</summary>
    BFloat16,
}
