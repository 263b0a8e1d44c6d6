using System.Numerics;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Methods of lists, tuples and ranges. Those that change a list exist in Python, and the sandbox keeps them away.</summary>
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
