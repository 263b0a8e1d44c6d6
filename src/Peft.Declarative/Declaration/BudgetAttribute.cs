namespace Peft.Declarative;

/// <summary>Limits that the declaration must keep; exceeding one is a compile error. Needs <see cref="BaseConfigAttribute"/>.</summary>
/// <example>
/// <code>
/// [Lora(rank: 8)]
/// [BaseConfig("models/llama-3.2-1b/config.json")]
/// [Budget(MaxTrainable = 5_000_000, MaxMemoryGiB = 24)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BudgetAttribute : Attribute
{
    /// <summary>Greatest number of trainable parameters; 0 for no limit.</summary>
    public long MaxTrainable { get; init; }

    /// <summary>Greatest memory for base weights, adapters and optimiser state in GiB; 0 for no limit. Activations are not counted.</summary>
    public double MaxMemoryGiB { get; init; }
}
