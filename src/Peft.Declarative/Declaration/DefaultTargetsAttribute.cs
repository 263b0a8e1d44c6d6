namespace Peft.Declarative;

/// <summary>On a model family: the layers that layer adapters take when a declaration names none.</summary>
/// <param name="names">Layer names, such as <c>q_proj</c> and <c>v_proj</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class DefaultTargetsAttribute(params string[] names) : Attribute
{
    /// <summary>Layer names.</summary>
    public string[] Names { get; } = names;

    /// <summary>Method that these are for, by its attribute's name (<c>Ia3</c>); all methods without usual layers of their own unless set.</summary>
    public string For { get; init; } = "";
}
