namespace Peft.Declarative;

/// <summary>
/// Full fine-tuning, of the whole model or of a part of it: every weight and bias that is selected is trained. The baseline that the other
/// methods are measured against, and partial fine-tuning of the last or of named layers.
/// </summary>
/// <remarks>
/// A float32 copy of each parameter is trained and replaces the base's own while the adapter is active, so the base is unchanged and the adapter can be switched off.
/// Costs 16 bytes for each trained parameter: the copy, its gradient, and two moments of AdamW. Learning rates are ten times smaller than for
/// low-rank methods, 1e-5 to 5e-5 for large models.
/// </remarks>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class FullFineTuningAttribute : LayerAdapterAttribute
{
    /// <summary>How many blocks at the end are trained, in each list of blocks; 0, the default, for all layers of the model.</summary>
    public int LastBlocks { get; init; }
}
