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
