namespace Peft.Declarative;

/// <summary>
/// Generates a console program around the class: train, eval, generate, chat, merge, info. Needs the package <c>Peft.Declarative.App</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PeftAppAttribute : Attribute;
