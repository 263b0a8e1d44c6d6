namespace Peft.Declarative;

/// <summary>
/// Layer-norm tuning: a copy of each normalisation, weight [width] and bias [width] where there is one, is trained and nothing else. The copies
/// start equal to the base's norms, so training starts at the base model. It sits on norms. Zhao et al. 2023, arXiv 2312.11420.
/// </summary>
/// <remarks>On a class without targets all norms of the family are taken (in Qwen 2 those after attention, as in the reference library).</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class LayerNormTuningAttribute : LayerAdapterAttribute;
