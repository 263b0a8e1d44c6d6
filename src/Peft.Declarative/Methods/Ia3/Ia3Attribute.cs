namespace Peft.Declarative;

/// <summary>
/// (IA)³: trains one factor per channel. Attention layers scale their output, <c>y = l ∘ (W x + b)</c> with <c>l</c> [out]; feed-forward layers
/// their input, <c>y = W (l ∘ x) + b</c> with <c>l</c> [in]. <c>l</c> starts at one, so training starts at the base model. It adapts linear
/// layers. Liu et al. 2022, arXiv 2205.05638.
/// </summary>
/// <remarks>
/// Without targets on a class, the usual layers of the family are adapted: keys, values, and the last layer of the feed-forward network.
/// </remarks>
/// <example>
/// <code>
/// [Ia3]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class Ia3Attribute : LayerAdapterAttribute
{
    /// <summary>
    /// The targets whose input is scaled, by name, trailing path or full path. The default is <see langword="null"/>, the family's usual ones among
    /// the targets; an empty list means none. Each entry must match a target. Not supported on a member.
    /// </summary>
    public string[]? FeedForward { get; init; }

    /// <summary>
    /// A regular expression that matches the whole path of such a target, instead of <see cref="FeedForward"/>. The default is <see
    /// langword="null"/>. Not supported on a member.
    /// </summary>
    public string? FeedForwardPattern { get; init; }

    /// <summary>
    /// Whether the input of every target of this attribute is scaled, for feed-forward layers on a member. The default is <see langword="false"/>.
    /// </summary>
    public bool ScalesInput { get; init; }
}
