namespace Peft.Declarative;

/// <summary>
/// (IA)³: one learned factor per channel. Attention layers scale their result, <c>y = l ∘ (W x + b)</c> with <c>l</c> [out]; feed-forward layers
/// their input, <c>y = W (l ∘ x) + b</c> with <c>l</c> [in]. <c>l</c> starts at one, so training starts at the base model. It sits on linear
/// layers. Liu et al. 2022, arXiv 2205.05638.
/// </summary>
/// <remarks>On a class without targets the family's usual ones are taken: keys, values, and the last layer of the feed-forward network.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class Ia3Attribute : LayerAdapterAttribute
{
    /// <summary>
    /// Those of the targets whose input is scaled, by name, trailing path or full path. The family's usual ones among the targets unless set; an
    /// empty list for none. Each entry must fit a target. Not on a member.
    /// </summary>
    public string[]? FeedForward { get; init; }

    /// <summary>Regular expression that must match the whole path of such a target, instead of <see cref="FeedForward"/>. Not on a member.</summary>
    public string? FeedForwardPattern { get; init; }

    /// <summary>Scales the input of every target of this attribute: how a member says that it is a feed-forward layer. Off unless set.</summary>
    public bool ScalesInput { get; init; }
}
