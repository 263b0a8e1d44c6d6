namespace Peft.Declarative;

/// <summary>On a model family: the values of <c>model_type</c> in config.json that it reads.</summary>
/// <param name="types">The values, such as <c>llama</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ModelTypesAttribute(params string[] types) : Attribute
{
    /// <summary>The values of <c>model_type</c>.</summary>
    public string[] Types { get; } = types;
}
