using System.Numerics;
using System.Runtime.CompilerServices;
using Peft.Declarative.Text.Templates.Evaluation;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Equality and order as in Python: numbers of all types are compared by value, True is 1, other types never equal.</summary>
internal static class Comparison
{
    internal static bool AreEqual(object? left, object? right)
    {
        using Budget.Level level = Budget.CurrentDeeper();
        Charge(right);
        if (PythonNumber.IsNumber(left) && PythonNumber.IsNumber(right))
        {
            return PythonNumber.Compare(left!, right!) == 0;
        }

        return (left, right) switch
        {
            (null, null) => true,
            (string a, string b) => a == b,
            (Undefined, Undefined) => true,
            (ListValue a, ListValue b) => SameItems(a.Items, b.Items),
            (TupleValue a, TupleValue b) => SameItems(a.Items, b.Items),
            (RangeValue a, RangeValue b) => a.Count == b.Count && Enumerable.Range(0, a.Count).All(i => AreEqual(a[i], b[i])),
            (DictValue a, DictValue b) => a.Count == b.Count
                && a.Entries.All(entry => b.TryGet(entry.Key, out object? other) && AreEqual(entry.Value, other)),
            (DictView a, DictView b) => a.Name != "values" && a.Name == b.Name && a.Dict.Count == b.Dict.Count
                && a.Items().All(item => b.Items().Any(other => AreEqual(item, other))),
            _ => ReferenceEquals(left, right),
        };
    }

    /// <summary>Less than zero, zero or more than zero, as left is less than, equal to or greater than right.</summary>
    internal static int Compare(object? left, object? right, string operation)
    {
        using Budget.Level level = Budget.CurrentDeeper();
        Charge(right);
        if (left is Undefined undefined || (undefined = (right as Undefined)!) is not null)
        {
            throw undefined.Error();
        }

        return (left, right) switch
        {
            (string a, string b) => CodePointText.Compare(a, b),
            (ListValue a, ListValue b) => CompareItems(a.Items, b.Items, operation),
            (TupleValue a, TupleValue b) => CompareItems(a.Items, b.Items, operation),
            _ when PythonNumber.IsNumber(left) && PythonNumber.IsNumber(right) => PythonNumber.Compare(left!, right!),
            _ => throw new TemplateError(
                $"'{operation}' not supported between instances of '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'"),
        };
    }

    /// <summary>One of the operators <c>&lt; &lt;= &gt; &gt;=</c>. Nothing is ordered with NaN.</summary>
    internal static bool IsOrdered(string operation, object? left, object? right)
    {
        int order = Compare(left, right, operation);
        if (left is double.NaN || right is double.NaN)
        {
            return false;
        }

        return operation switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
    }

    /// <summary>Items in the order of their keys; equal ones keep theirs.</summary>
    internal static IReadOnlyList<T> Ordered<T>(IEnumerable<T> items, Func<T, object?> keyOf, bool reverse = false)
    {
        var comparer = Comparer<object?>.Create((left, right) => (reverse ? -1 : 1) * Compare(left, right, "<"));
        try
        {
            return [.. items.OrderBy(keyOf, comparer)];
        }
        catch (InvalidOperationException wrapped) when (wrapped.InnerException is TemplateError)
        {
            throw wrapped.InnerException; // sorting wraps what a comparison throws
        }
    }

    internal static int HashOf(object? value)
    {
        using Budget.Level level = Budget.CurrentDeeper();
        Charge(value);
        return value switch
        {
            null => 0,
            bool or BigInteger or double => PythonNumber.HashOf(value),
            string text => text.GetHashCode(StringComparison.Ordinal),
            TupleValue tuple => tuple.Items.Aggregate(17, (hash, item) => HashCode.Combine(hash, HashOf(item))),
            ListValue or DictValue or DictView => throw new TemplateError($"unhashable type: '{TypeNames.Of(value)}'"),
            Undefined => 1,
            RangeValue range => range.Count,
            _ => RuntimeHelpers.GetHashCode(value),
        };
    }

    /// <summary>The operator <c>in</c>.</summary>
    internal static bool Contains(object? container, object? item) => container switch
    {
        string text => item is string part
            ? Charged(text).Contains(part, StringComparison.Ordinal)
            : throw new TemplateError($"'in <string>' requires string as left operand, not {TypeNames.Of(item)}"),
        DictValue dict => dict.Contains(item),
        DictView { Name: "keys" } view => view.Dict.Contains(item),
        _ => (Iteration.TryItems(container) ?? throw new TemplateError($"argument of type '{TypeNames.Of(container)}' is not iterable"))
            .Any(other => AreEqual(other, item)),
    };

    private static string Charged(string text)
    {
        Budget.ChargeReading(text);
        return text;
    }

    private static void Charge(object? value)
    {
        if (value is string text)
        {
            Budget.ChargeReading(text);
        }
        else
        {
            Budget.ChargeCurrent(1);
        }
    }

    private static bool SameItems(IReadOnlyList<object?> left, IReadOnlyList<object?> right) =>
        left.Count == right.Count && !left.Where((item, i) => !AreEqual(item, right[i])).Any();

    private static int CompareItems(IReadOnlyList<object?> left, IReadOnlyList<object?> right, string operation)
    {
        for (int i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (!AreEqual(left[i], right[i]))
            {
                return Compare(left[i], right[i], operation);
            }
        }

        return left.Count.CompareTo(right.Count);
    }
}
