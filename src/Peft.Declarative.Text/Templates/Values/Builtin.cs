using Peft.Declarative.Text.Templates.Evaluation;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>A function that is part of the language.</summary>
internal sealed class Builtin : CallableValue
{
    private readonly Func<Interpreter, CallArguments, object?> function;

    /// <summary>A function that reads its arguments itself.</summary>
    internal Builtin(Func<Interpreter, CallArguments, object?> function) => this.function = function;

    /// <summary>A function with named parameters.</summary>
    internal Builtin(Signature signature, Func<Interpreter, BoundArguments, object?> function)
        : this((interpreter, arguments) => function(interpreter, signature.Bind(arguments)))
    {
    }

    internal override object? Call(Interpreter interpreter, CallArguments arguments) => function(interpreter, arguments);
}
