namespace Peft.Declarative;

/// <summary>
/// On a model family, once for each kind of attention: in how many blocks it is, and how wide all its heads are together, in fields of config.json.
/// </summary>
/// <param name="blocks">Field with the number of blocks, such as <c>num_hidden_layers</c>.</param>
/// <param name="width">Width of all heads, a product of fields, such as <c>num_attention_heads*head_dim</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class AttentionSizeAttribute(string blocks, string width) : Attribute
{
    /// <summary>Field with the number of blocks.</summary>
    public string Blocks { get; } = blocks;

    /// <summary>Width of all heads, a product of fields.</summary>
    public string Width { get; } = width;
}

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

/// <summary>On a model family: how many parameters it has that are in no slot and so never adapted, such as a table of distances.</summary>
/// <param name="size">A product of fields of config.json, such as <c>2*relative_attention_num_buckets*num_heads</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SizeOutsideSlotsAttribute(string size) : Attribute
{
    /// <summary>The number of parameters, a product of fields.</summary>
    public string Size { get; } = size;
}
