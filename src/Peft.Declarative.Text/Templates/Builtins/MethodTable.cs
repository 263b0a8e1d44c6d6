using System.Diagnostics.CodeAnalysis;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Functions by name, each with its parameters. The first parameter of a method or filter is what it is applied to.</summary>
internal sealed class MethodTable
{
    private readonly Dictionary<string, Func<Interpreter, CallArguments, object?>> _functions = new(StringComparer.Ordinal);

    internal IEnumerable<string> Names => _functions.Keys;

    /// <summary>Adds a function; the names of parameters that may be left out end in <c>=</c>.</summary>
    internal void Add(string name, string[] parameters, Func<Interpreter, BoundArguments, object?> function)
    {
        var signature = new Signature(name, parameters);
        AddFree(name, (interpreter, arguments) => function(interpreter, signature.Bind(arguments)));
    }

    /// <summary>Adds a function that reads its arguments itself.</summary>
    internal void AddFree(string name, Func<Interpreter, CallArguments, object?> function) => _functions.Add(name, (interpreter, arguments) =>
    {
        ChargeReading(arguments);
        return function(interpreter, arguments);
    });

    // Every function reads its arguments about once.
    private static void ChargeReading(CallArguments arguments)
    {
        foreach (object? argument in arguments.Positional)
        {
            if (argument is string text)
            {
                Budget.ChargeReading(text);
            }
            else
            {
                Budget.ChargeCurrent(1); // the items of a list are charged when they are read
            }
        }
    }

    internal void Alias(string name, string existing) => _functions.Add(name, _functions[existing]);

    internal bool TryGet(string name, [NotNullWhen(true)] out Func<Interpreter, CallArguments, object?>? function) =>
        _functions.TryGetValue(name, out function);

    /// <summary>A method of a value: the function with the value as its first argument.</summary>
    internal bool TryBind(object? owner, string name, out object? method)
    {
        method = _functions.TryGetValue(name, out Func<Interpreter, CallArguments, object?>? function)
            ? new Builtin((interpreter, arguments) => function(interpreter, arguments.Prepend(owner)))
            : null;
        return method is not null;
    }
}
