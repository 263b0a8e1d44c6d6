namespace Peft.Declarative;

/// <summary>On a sublayer slot of a model family: what it stands after, and how wide the hidden states are there.</summary>
/// <param name="kind">The sublayer before it.</param>
/// <param name="width">Field of config.json with the width, such as <c>"hidden_size"</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SublayerAttribute(SublayerKind kind, string width) : Attribute
{
    /// <summary>The sublayer before it.</summary>
    public SublayerKind Kind { get; } = kind;

    /// <summary>Field of config.json with the width of the hidden states.</summary>
    public string Width { get; } = width;
}
