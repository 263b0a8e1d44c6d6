namespace Peft.Declarative;

/// <summary>
/// (IA)³: one learned factor per channel. Attention layers scale their result, <c>y = l ∘ (W x + b)</c>; feed-forward layers their input,
/// <c>y = W (l ∘ x) + b</c>. <c>l</c> starts at one, so training starts at the base model. Liu et al. 2022, arXiv 2205.05638.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class Ia3Attribute : LayerAdapterAttribute
{
    /// <summary>Those of the targets whose input is scaled instead of the result; the family's usual ones unless set.</summary>
    public string[]? FeedForward { get; init; }
}
