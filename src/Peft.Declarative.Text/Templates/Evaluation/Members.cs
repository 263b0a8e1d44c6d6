using System.Numerics;
using Peft.Declarative.Text.Templates.Builtins;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>Attributes and items. <c>a.b</c> looks up the attribute first and <c>a['b']</c> the item; each falls back to the other.</summary>
internal static class Members
{
    internal static object? Attribute(object? owner, string name)
    {
        if (owner is Undefined undefined)
        {
            throw undefined.Error();
        }

        return TryAttribute(owner, name, out object? value) || (owner is DictValue dict && dict.TryGet(name, out value))
            ? value
            : Undefined.Member(owner, name);
    }

    internal static object? Item(object? owner, object? key)
    {
        if (owner is Undefined undefined)
        {
            throw undefined.Error();
        }

        bool found = owner is DictValue dict
            ? TryEntry(dict, key, out object? value)
            : TryNumbered(owner, key, out value);
        return found || (key is string name && TryAttribute(owner, name, out value)) ? value : Undefined.Member(owner, key);
    }

    private static bool TryEntry(DictValue dict, object? key, out object? value)
    {
        value = null;
        return key is not (ListValue or DictValue) && dict.TryGet(key, out value);
    }

    private static bool TryNumbered(object? owner, object? key, out object? item)
    {
        item = null;
        return PythonNumber.IsInteger(key) && Slicing.TryItem(owner, PythonNumber.ToCount(key), out item);
    }

    private static bool TryAttribute(object? owner, string name, out object? value)
    {
        value = null;
        if (name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal))
        {
            value = Undefined.Unsafe(owner, name);
            return true;
        }

        switch (owner)
        {
            case string text: return StringMethods.TryGet(text, name, out value);
            case DictValue dict: return DictMethods.TryGet(dict, name, out value);
            case NamespaceValue space when name.StartsWith('_') && space.Attributes.Contains(name):
                value = Undefined.Unsafe(owner, name);
                return true;
            case NamespaceValue space: return space.Attributes.TryGet(name, out value);
            case TupleValue tuple when tuple.TryGetNamed(name, out value): return true;
            case RangeValue range when range.Attribute(name) is { } number:
                value = number;
                return true;
            case ListValue or TupleValue or RangeValue: return SequenceMethods.TryGet((ISequence)owner, name, out value);
            case bool or BigInteger or double: return NumberMethods.TryGet(owner, name, out value);
            case CallableValue callable:
                value = callable.Attribute(name);
                return value is not Undefined;
            default: return false;
        }
    }
}
