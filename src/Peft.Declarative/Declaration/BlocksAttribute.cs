namespace Peft.Declarative;

/// <summary>On a list of equal blocks in a model family: the config field that says how many there are.</summary>
/// <param name="count">Field of config.json, such as <c>num_hidden_layers</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BlocksAttribute(string count) : Attribute
{
    /// <summary>Field of config.json.</summary>
    public string Count { get; } = count;
}
