namespace Peft.Declarative;

/// <summary>
/// Full fine-tuning of the model or of a part of it: every selected weight and bias is trained. It is the baseline of the other methods, and partial
/// fine-tuning if the last blocks or named layers are selected.
/// </summary>
/// <remarks>
/// A float32 copy of each parameter is trained and replaces the base's parameter while the adapter is active, so the base is unchanged and the
/// adapter can be deactivated. It needs 16 bytes for each trained parameter: the copy, its gradient, and two moments of AdamW. Learning rates are ten
/// times smaller than for low-rank methods, 1e-5 to 5e-5 for large models.
/// </remarks>
/// <example>
/// <code>
/// [FullFineTuning(LastBlocks = 2)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class FullFineTuningAttribute : LayerAdapterAttribute
{
    /// <summary>
    /// The number of blocks at the end of each list of blocks that are trained, at least 0; 0 (the default) for all layers of the model.
    /// </summary>
    public int LastBlocks { get; init; }
}
