namespace Peft.Declarative;

/// <summary>On a model family: the layers that layer adapters take when a declaration names none.</summary>
/// <param name="names">Layer names, such as <c>q_proj</c> and <c>v_proj</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DefaultTargetsAttribute(params string[] names) : Attribute
{
    /// <summary>Layer names.</summary>
    public string[] Names { get; } = names;
}
