namespace Peft.Declarative;

/// <summary>
/// Layer-norm tuning: trains a copy of each norm, its weight [width] and its bias [width] if it has one, and nothing else. The copies
/// start equal to the base's norms, so training starts at the base model. Zhao et al. 2023, arXiv 2312.11420.
/// </summary>
/// <remarks>Without targets on a class, all norms of the family are adapted (in Qwen 2 those after attention, as in the reference library).</remarks>
/// <example>
/// <code>
/// [LayerNormTuning]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class LayerNormTuningAttribute : LayerAdapterAttribute;
