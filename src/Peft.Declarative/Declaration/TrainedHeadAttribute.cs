namespace Peft.Declarative;

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
