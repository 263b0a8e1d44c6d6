using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>A macro, or the body of a call block. It sees the variables around its definition, as they are when it is called.</summary>
internal sealed class Macro(string name, MacroBody definition, Scope around) : CallableValue
{
    internal override string TypeName => "Macro";

    internal override string Shown => $"<Macro {PythonText.Repr(name)}>";

    internal override object? Attribute(string attribute) => attribute switch
    {
        "name" => name,
        "arguments" => new TupleValue([.. definition.Parameters.Select(parameter => parameter.Id)]),
        "caller" => definition.UsesCaller,
        "catch_varargs" => definition.UsesVarargs,
        "catch_kwargs" => definition.UsesKwargs,
        _ => Undefined.Member(this, attribute),
    };

    internal override object? Call(Interpreter interpreter, CallArguments arguments)
    {
        interpreter.Budget.EnterCall();
        (string written, _) = interpreter.Output.Capture(() => interpreter.Statements.RunInner(
            definition.Body, around, scope => Bind(interpreter, arguments, scope)));
        interpreter.Budget.LeaveCall();
        return written;
    }

    private void Bind(Interpreter interpreter, CallArguments arguments, Scope scope)
    {
        IReadOnlyList<Parameter> parameters = definition.Parameters;
        if (arguments.Positional.Count > parameters.Count && !definition.UsesVarargs)
        {
            throw new TemplateError($"macro '{name}' takes not more than {parameters.Count} argument(s)");
        }

        interpreter.Budget.Charge((long)parameters.Count * Math.Max(1, arguments.Keywords.Count));

        // A default sees parameters, not outer variables of the same name, and no parameter after its own.
        foreach (Parameter parameter in parameters)
        {
            scope.Set(parameter.Id, Undefined.Variable(parameter.Id));
        }

        var keywords = new List<KeyValuePair<string, object?>>(arguments.Keywords);
        for (int i = 0; i < parameters.Count; i++)
        {
            scope.Set(parameters[i].Id, Argument(interpreter, parameters[i], i, arguments, keywords, scope));
        }

        if (definition.UsesCaller)
        {
            object? caller = Take(keywords, "caller", out object? given) ? given : null;
            scope.Set("caller", caller ?? new Undefined("No caller defined"));
        }

        if (definition.UsesVarargs)
        {
            scope.Set("varargs", new TupleValue([.. arguments.Positional.Skip(parameters.Count)]));
        }

        if (definition.UsesKwargs)
        {
            scope.Set("kwargs", keywords.Aggregate(new DictValue(), (dict, keyword) => dict.With(keyword.Key, keyword.Value)));
        }
        else if (keywords.Count > 0)
        {
            throw new TemplateError($"macro '{name}' takes no keyword argument '{keywords[0].Key}'");
        }
    }

    private static object? Argument(
        Interpreter interpreter, Parameter parameter, int index, CallArguments arguments, List<KeyValuePair<string, object?>> keywords, Scope scope)
    {
        if (index < arguments.Positional.Count)
        {
            return arguments.Positional[index];
        }

        if (Take(keywords, parameter.Id, out object? value))
        {
            return value;
        }

        return parameter.Default is null
            ? new Undefined($"parameter '{parameter.Id}' was not provided")
            : interpreter.Expressions.Evaluate(parameter.Default, scope);
    }

    private static bool Take(List<KeyValuePair<string, object?>> keywords, string name, out object? value)
    {
        int index = keywords.FindIndex(keyword => keyword.Key == name);
        value = index < 0 ? null : keywords[index].Value;
        if (index >= 0)
        {
            keywords.RemoveAt(index);
        }

        return index >= 0;
    }
}
