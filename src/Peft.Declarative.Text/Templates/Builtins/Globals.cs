using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Functions that a template can call by name.</summary>
internal static class Globals
{
    private static readonly Dictionary<string, CallableValue> Functions = new(StringComparer.Ordinal)
    {
        ["range"] = new Builtin(new Signature("range", "start", "stop=", "step=", "/"), (_, a) => a.Has(1)
            ? RangeValue.Create(PythonNumber.ToInteger(a[0]), PythonNumber.ToInteger(a[1]), a.IntegerOr(2, 1))
            : RangeValue.Create(0, PythonNumber.ToInteger(a[0]), 1)),
        ["dict"] = new Builtin((interpreter, arguments) => Dict(interpreter, arguments)),
        ["namespace"] = new Builtin((interpreter, arguments) => new NamespaceValue(Dict(interpreter, arguments))),
        ["cycler"] = new Builtin((_, arguments) => arguments is { Positional.Count: > 0, Keywords.Count: 0 }
            ? new Cycler(arguments.Positional)
            : throw new TemplateError("at least one item has to be provided")),
        ["joiner"] = new Builtin(new Signature("joiner", "sep="), (_, a) => new Joiner(a.TextOr(0, ", "))),
        ["raise_exception"] = new Builtin(new Signature("raise_exception", "message"), (_, a) =>
            throw new TemplateError(a.Text(0), raisedByTemplate: true)),
        ["strftime_now"] = new Builtin(new Signature("strftime_now", "format"), (interpreter, a) => Strftime.Format(interpreter, a.OnlyText(0))),
    };

    internal static bool TryGet(string name, out object? value)
    {
        bool found = Functions.TryGetValue(name, out CallableValue? function);
        value = function;
        return found;
    }

    // dict(mapping or pairs, name=value…)
    private static DictValue Dict(Interpreter interpreter, CallArguments arguments)
    {
        var dict = new DictValue();
        if (arguments.Positional.Count > 1)
        {
            throw new TemplateError($"dict expected at most 1 argument, got {arguments.Positional.Count}");
        }

        foreach (object? source in arguments.Positional)
        {
            if (source is DictValue entries)
            {
                entries.Entries.ToList().ForEach(entry => dict.With(entry.Key, entry.Value));
                continue;
            }

            foreach (object? item in interpreter.Items(source))
            {
                object?[] pair = [.. Iteration.Items(item)];
                dict.With(pair.Length == 2 ? pair[0] : throw new TemplateError("dict needs pairs of key and value"), pair[1]);
            }
        }

        foreach ((string name, object? value) in arguments.Keywords)
        {
            dict.With(name, value);
        }

        return dict;
    }

    /// <summary>Returns its values in turn.</summary>
    private sealed class Cycler(IReadOnlyList<object?> values) : CallableValue
    {
        private int _position;

        internal override string TypeName => "Cycler";

        internal override object? Call(Interpreter interpreter, CallArguments arguments) => throw new TemplateError("'Cycler' object is not callable");

        internal override object? Attribute(string name) => name switch
        {
            "current" => Current(),
            "next" => new Builtin((_, _) =>
            {
                object? current = Current();
                _position = (_position + 1) % values.Count;
                return current;
            }),
            "reset" => new Builtin((_, _) =>
            {
                _position = 0;
                return null;
            }),
            _ => Undefined.Member(this, name),
        };

        private object? Current() => values[_position];
    }

    /// <summary>Returns nothing the first time and its separator from then on.</summary>
    private sealed class Joiner(string separator) : CallableValue
    {
        private bool _used;

        internal override string TypeName => "Joiner";

        internal override object? Call(Interpreter interpreter, CallArguments arguments)
        {
            string given = _used ? separator : "";
            _used = true;
            return given;
        }
    }
}
