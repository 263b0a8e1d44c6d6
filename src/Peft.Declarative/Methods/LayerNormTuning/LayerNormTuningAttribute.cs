namespace Peft.Declarative;

/// <summary>Trains a copy of each normalisation and nothing else. Zhao et al. 2023, arXiv 2312.11420.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class LayerNormTuningAttribute : LayerAdapterAttribute;
