using Peft.Declarative.Text.Templates.Evaluation;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Something that a template can call.</summary>
internal abstract class CallableValue
{
    /// <summary>Python's name of its type.</summary>
    internal virtual string TypeName => "function";

    /// <summary>Its text.</summary>
    internal virtual string Shown => $"<{TypeName}>";

    /// <summary>Its length, if it has one.</summary>
    internal virtual int? Length => null;

    internal abstract object? Call(Evaluation.Interpreter interpreter, CallArguments arguments);

    /// <summary>An attribute that it has, if any; undefined otherwise.</summary>
    internal virtual object? Attribute(string name) => Undefined.Member(this, name);
}

/// <summary>The arguments of a call, evaluated.</summary>
/// <param name="Positional">By position.</param>
/// <param name="Keywords">By name, in order.</param>
internal sealed record CallArguments(IReadOnlyList<object?> Positional, IReadOnlyList<KeyValuePair<string, object?>> Keywords)
{
    internal static CallArguments Of(params object?[] positional) => new(positional, []);

    /// <summary>The same arguments with another one before them.</summary>
    internal CallArguments Prepend(object? first) => this with { Positional = [first, .. Positional] };
}

/// <summary>A function that is part of the language.</summary>
internal sealed class Builtin : CallableValue
{
    private readonly Func<Interpreter, CallArguments, object?> _function;

    /// <summary>A function that reads its arguments itself.</summary>
    internal Builtin(Func<Interpreter, CallArguments, object?> function) => _function = function;

    /// <summary>A function with named parameters.</summary>
    internal Builtin(Signature signature, Func<Interpreter, BoundArguments, object?> function)
        : this((interpreter, arguments) => function(interpreter, signature.Bind(arguments)))
    {
    }

    internal override object? Call(Interpreter interpreter, CallArguments arguments) => _function(interpreter, arguments);
}
