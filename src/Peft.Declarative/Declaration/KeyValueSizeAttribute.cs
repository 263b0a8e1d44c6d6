namespace Peft.Declarative;

/// <summary>On a model family: how many blocks have keys and values, and how wide those are, in fields of config.json.</summary>
/// <param name="blocks">Field with the number of blocks, such as <c>num_hidden_layers</c>.</param>
/// <param name="width">Width of a block's keys, a product of fields, such as <c>num_key_value_heads*head_dim</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KeyValueSizeAttribute(string blocks, string width) : Attribute
{
    /// <summary>Field with the number of blocks.</summary>
    public string Blocks { get; } = blocks;

    /// <summary>Width of a block's keys, a product of fields.</summary>
    public string Width { get; } = width;
}
