using System.Numerics;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Methods of lists, tuples and ranges. The sandbox denies the methods that change a list.</summary>
internal static class SequenceMethods
{
    private static readonly string[] Changing = ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"];

    private static readonly MethodTable Methods = Build();

    internal static bool TryGet(ISequence sequence, string name, out object? method)
    {
        if (sequence is ListValue && Changing.Contains(name))
        {
            method = Undefined.Unsafe(sequence, name);
            return true;
        }

        if (name == "copy" && sequence is not ListValue)
        {
            method = null;
            return false;
        }

        return Methods.TryBind(sequence, name, out method);
    }

    private static MethodTable Build()
    {
        var methods = new MethodTable();
        methods.Add("copy", ["self"], (_, a) => a[0]);
        methods.Add("count", ["self", "value", "/"], (_, a) => (BigInteger)Iteration.Items(a[0]).Count(item => Comparison.AreEqual(item, a[1])));
        methods.Add("index", ["self", "value", "start=", "stop=", "/"], (_, a) => Index((ISequence)a[0]!, a));
        return methods;
    }

    private static BigInteger Index(ISequence sequence, BoundArguments a)
    {
        if (sequence is RangeValue && a.Has(2))
        {
            throw new TemplateError("index() takes exactly one argument");
        }

        int Bound(int index, int otherwise)
        {
            long bound = a.CountOr(index, otherwise);
            return (int)Math.Clamp(bound < 0 ? bound + sequence.Count : bound, 0, sequence.Count);
        }

        for (int i = Bound(2, 0); i < Bound(3, sequence.Count); i++)
        {
            if (Comparison.AreEqual(sequence[i], a[1]))
            {
                return i;
            }
        }

        throw new TemplateError($"{PythonText.Repr(a[1])} is not in the sequence");
    }
}

/// <summary>Methods of dicts. The sandbox denies the methods that change a dict.</summary>
internal static class DictMethods
{
    private static readonly string[] Changing = ["clear", "pop", "popitem", "setdefault", "update"];

    private static readonly MethodTable Methods = Build();

    internal static bool TryGet(DictValue dict, string name, out object? method)
    {
        if (Changing.Contains(name))
        {
            method = Undefined.Unsafe(dict, name);
            return true;
        }

        return Methods.TryBind(dict, name, out method);
    }

    private static MethodTable Build()
    {
        var methods = new MethodTable();
        foreach (string view in new[] { "keys", "values", "items" })
        {
            methods.Add(view, ["self"], (_, a) => new DictView(view, (DictValue)a[0]!));
        }

        methods.Add("get", ["self", "key", "default=", "/"], (_, a) => ((DictValue)a[0]!).TryGet(a[1], out object? value) ? value : a.Or(2, null));
        methods.Add("copy", ["self"], (_, a) => a[0]);
        return methods;
    }
}

/// <summary>The few attributes of numbers that templates can use.</summary>
internal static class NumberMethods
{
    internal static bool TryGet(object number, string name, out object? value)
    {
        value = (name, number) switch
        {
            ("real", double) => number,
            ("real" or "numerator", not double) => PythonNumber.ToInteger(number),
            ("imag", double) => 0.0,
            ("imag", _) => BigInteger.Zero,
            ("denominator", not double) => BigInteger.One,
            ("is_integer", double d) => new Builtin((_, _) => double.IsInteger(d)),
            ("bit_length", not double) => new Builtin((_, _) => (BigInteger)BigInteger.Abs(PythonNumber.ToInteger(number)).GetBitLength()),
            _ => null,
        };
        return value is not null;
    }
}
