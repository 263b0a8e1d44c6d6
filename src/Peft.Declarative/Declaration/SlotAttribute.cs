namespace Peft.Declarative;

/// <summary>
/// On a slot of a model family: the shape of the layer's weight, told in fields of config.json, so that the compiler can count.
/// </summary>
/// <param name="output">Product of config fields and numbers, such as <c>"num_attention_heads*head_dim"</c>; first axis of a weight [out, in].</param>
/// <param name="input">The same for the second axis; empty for a vector (a norm's weight).</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SlotAttribute(string output, string input = "") : Attribute
{
    /// <summary>First axis of the weight.</summary>
    public string Output { get; } = output;

    /// <summary>Second axis of the weight; empty for a vector.</summary>
    public string Input { get; } = input;

    /// <summary>What the layer is.</summary>
    public LayerKind Kind { get; init; }

    /// <summary>Whether a bias vector [out] belongs to the layer: <c>"true"</c>, <c>"false"</c> or a boolean field of config.json.</summary>
    public string Bias { get; init; } = "false";

    /// <summary>Boolean config field under which this layer's weight is another layer's (a tied head) and must not be counted again.</summary>
    public string TiedBy { get; init; } = "";

    /// <summary>Boolean config field under which the layer exists, or, after <c>!</c>, under which it does not; empty for always.</summary>
    public string When { get; init; } = "";
}
