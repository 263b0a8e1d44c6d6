namespace Peft.Declarative;

/// <summary>
/// On a model family: the value of a field that a config.json may leave out, so that the compiler counts as the family does at run time. Of several for one
/// field, the first that can be told holds.
/// </summary>
/// <param name="field">Field of config.json, or a name that slots use and files do not have, such as <c>qkv_bias</c>.</param>
/// <param name="value">
/// A number, <c>true</c>, <c>false</c>, or products of numbers and other fields, also divided by each other: <c>"hidden_size/num_attention_heads"</c>. The
/// number of entries of a list or an object is the field with <c>.count</c> behind it.
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ConfigDefaultAttribute(string field, string value) : Attribute
{
    /// <summary>Field of config.json.</summary>
    public string Field { get; } = field;

    /// <summary>Its value where the file has none.</summary>
    public string Value { get; } = value;

    /// <summary>
    /// Condition under which this value holds, <c>"model_type=qwen2"</c>; with a star at its end, <c>"feed_forward_proj=gated-*"</c>, only the beginning is
    /// compared. Empty (the default) for always.
    /// </summary>
    public string When { get; init; } = "";
}
