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

/// <summary>On a list of equal blocks in a model family: the config field that says how many there are.</summary>
/// <param name="count">Field of config.json, such as <c>num_hidden_layers</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BlocksAttribute(string count) : Attribute
{
    /// <summary>Field of config.json.</summary>
    public string Count { get; } = count;
}

/// <summary>On a model family: the layers that layer adapters take when a declaration names none.</summary>
/// <param name="names">Layer names, such as <c>q_proj</c> and <c>v_proj</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class DefaultTargetsAttribute(params string[] names) : Attribute
{
    /// <summary>Layer names.</summary>
    public string[] Names { get; } = names;

    /// <summary>What is done to these layers. <see cref="TargetGroup.Projections"/> (the default) also serves where a family names no others.</summary>
    public TargetGroup Group { get; init; }
}

/// <summary>What an adapter does to the layers that it takes by default. A family names the layers of each group; a method says which group is its own.</summary>
public enum TargetGroup
{
    /// <summary>Their weights are updated: query and value projections, as a rule.</summary>
    Projections,

    /// <summary>Their results or inputs are rescaled: key and value projections, and the last layer of the feed-forward network, as a rule.</summary>
    Rescaled,

    /// <summary>Those of the rescaled layers whose input is scaled, and not their result.</summary>
    FeedForward,

    /// <summary>They are normalization layers.</summary>
    Norms,
}

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

/// <summary>
/// On a model family: the head that fits one task only, such as the classes of one data set. Every declared adapter trains it in full and saves it.
/// </summary>
/// <param name="name">Name of the layer, or of the module with its layers.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TrainedHeadAttribute(string name) : Attribute
{
    /// <summary>Name of the layer, or of the module with its layers.</summary>
    public string Name { get; } = name;
}

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

/// <summary>On a model family: the values of <c>model_type</c> in config.json that it reads.</summary>
/// <param name="types">The values, such as <c>llama</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ModelTypesAttribute(params string[] types) : Attribute
{
    /// <summary>The values of <c>model_type</c>.</summary>
    public string[] Types { get; } = types;
}
