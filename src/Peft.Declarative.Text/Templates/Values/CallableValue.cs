namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Something that a template can call.</summary>
internal abstract class CallableValue
{
    /// <summary>Python's name of its type.</summary>
    internal virtual string TypeName => "function";

    /// <summary>How it is written.</summary>
    internal virtual string Shown => $"<{TypeName}>";

    /// <summary>Its length, if it has one.</summary>
    internal virtual int? Length => null;

    internal abstract object? Call(Evaluation.Interpreter interpreter, CallArguments arguments);

    /// <summary>An attribute that it has, if any; undefined otherwise.</summary>
    internal virtual object? Attribute(string name) => Undefined.Member(this, name);
}
