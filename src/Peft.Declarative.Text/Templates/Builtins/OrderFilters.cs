using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Filters that order, group or find extremes. Text is compared without case unless asked otherwise.</summary>
internal static class OrderFilters
{
    internal static void AddTo(MethodTable filters)
    {
        filters.Add("sort", ["value", "reverse=", "case_sensitive=", "attribute="], (interpreter, a) => new ListValue(Sorted(
            interpreter.Items(a[0]),
            AttributePath.Several(a.Or(3, null), ignoreCase: !a.FlagOr(2, otherwise: false)),
            a.FlagOr(1, otherwise: false))));
        filters.Add("dictsort", ["value", "case_sensitive=", "by=", "reverse="], (_, a) => DictSort(a));
        filters.Add("unique", ["value", "case_sensitive=", "attribute="], (interpreter, a) => new IteratorValue(Unique(interpreter, a)));
        filters.Add("min", ["value", "case_sensitive=", "attribute="], (interpreter, a) => Extreme(interpreter, a, sign: -1));
        filters.Add("max", ["value", "case_sensitive=", "attribute="], (interpreter, a) => Extreme(interpreter, a, sign: 1));
        filters.Add("groupby", ["value", "attribute", "default=", "case_sensitive="], (interpreter, a) => GroupBy(interpreter, a));
    }

    // Stable in both directions: equal items keep their order.
    private static object?[] Sorted(IEnumerable<object?> items, IReadOnlyList<AttributePath> keys, bool reverse)
    {
        var keyed = items.Select(item => (Item: item, Keys: new ListValue([.. keys.Select(key => key.Of(item))])));
        return [.. Comparison.Ordered(keyed, entry => entry.Keys, reverse).Select(entry => entry.Item)];
    }

    // By one key, which unlike a list of keys must have an order even where it is the same.
    private static object?[] Sorted(IEnumerable<object?> items, AttributePath key) =>
        [.. Comparison.Ordered(items.Select(item => (Item: item, Key: key.Of(item))), entry => entry.Key).Select(entry => entry.Item)];

    private static ListValue DictSort(BoundArguments a)
    {
        var dict = a[0] as DictValue ?? throw new TemplateError($"'{TypeNames.Of(a[0])}' object has no items");
        int position = a.TextOr(2, "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw new TemplateError("You can only sort by either \"key\" or \"value\""),
        };
        var key = new AttributePath((System.Numerics.BigInteger)position, ignoreCase: !a.FlagOr(1, otherwise: false));
        return new ListValue(Sorted(new DictView("items", dict).Items(), [key], a.FlagOr(3, otherwise: false)));
    }

    private static IEnumerable<object?> Unique(Interpreter interpreter, BoundArguments a)
    {
        var key = new AttributePath(a.Or(2, null), ignoreCase: !a.FlagOr(1, otherwise: false));
        var seen = new DictValue();
        foreach (object? item in interpreter.Items(a[0]))
        {
            object? value = key.Of(item);
            if (!seen.Contains(value))
            {
                seen.With(value, null);
                yield return item;
            }
        }
    }

    private static object? Extreme(Interpreter interpreter, BoundArguments a, int sign)
    {
        var key = new AttributePath(a.Or(2, null), ignoreCase: !a.FlagOr(1, otherwise: false));
        object? best = new Undefined("No aggregated item, sequence was empty.");
        object? bestKey = null;
        bool any = false;
        foreach (object? item in interpreter.Items(a[0]))
        {
            object? itemKey = key.Of(item);
            if (!any || sign * Comparison.Compare(itemKey, bestKey, sign > 0 ? ">" : "<") > 0)
            {
                (best, bestKey) = (item, itemKey);
            }

            any = true;
        }

        return best;
    }

    private static ListValue GroupBy(Interpreter interpreter, BoundArguments a)
    {
        object? otherwise = a.Or(2, null);
        bool ignoreCase = !a.FlagOr(3, otherwise: false);
        var key = new AttributePath(a[1], ignoreCase, otherwise);
        var name = new AttributePath(a[1], otherwise: otherwise);
        List<(object? Key, List<object?> Items)> groups = [];
        foreach (object? item in Sorted(interpreter.Items(a[0]), key))
        {
            object? value = key.Of(item);
            if (groups.Count == 0 || !Comparison.AreEqual(groups[^1].Key, value))
            {
                groups.Add((value, []));
            }

            groups[^1].Items.Add(item);
        }

        return new ListValue([.. groups.Select(group => new TupleValue([name.Of(group.Items[0]), new ListValue(group.Items)], "grouper", "list"))]);
    }
}
