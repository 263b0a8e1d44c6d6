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

    /// <summary>Greatest size of the adapters' files together in MiB; 0 for no limit.</summary>
    public double MaxAdapterMiB { get; init; }

    /// <summary>
    /// Greatest memory of a training step in GiB; 0 for no limit. Counts the base's weights, adapters, gradients, the optimiser's state, and the activations and
    /// logits of <see cref="TrainingAttribute.BatchSize"/> rows of <see cref="TrainingAttribute.MaxLength"/> tokens. It is an estimate within 15 %. What the
    /// process itself needs, and memory that an allocator keeps for later, are not counted.
    /// </summary>
    public double MaxMemoryGiB { get; init; }
}
