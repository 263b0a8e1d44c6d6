using System.Numerics;
using Peft.Declarative.Text.Templates.Evaluation;
using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Builtins;

/// <summary>Filters on whole lists: ends, length, joining, cutting into parts.</summary>
internal static class ListFilters
{
    internal static void AddTo(MethodTable filters)
    {
        filters.Add("length", ["value"], (_, a) => (BigInteger)Iteration.Length(a[0]));
        filters.Alias("count", "length");
        filters.Add("list", ["value"], (interpreter, a) => new ListValue([.. interpreter.Items(a[0])]));
        filters.Add("items", ["value"], (_, a) => new IteratorValue(a[0] switch
        {
            DictValue dict => new DictView("items", dict).Items(),
            Undefined => [],
            _ => throw new TemplateError("Can only get item pairs from a mapping."),
        }));
        filters.Add("first", ["seq"], (interpreter, a) => interpreter.Items(a[0]).FirstOrDefault(new Undefined("No first item, sequence was empty.")));
        filters.Add("last", ["seq"], (_, a) => Last(a[0]));
        filters.Add("random", ["seq"], (_, a) => Slicing.TryItem(a[0], Random.Shared.Next(Math.Max(1, Iteration.Length(a[0]))), out object? item)
            ? item
            : new Undefined("No random item, sequence was empty."));
        filters.Add("reverse", ["value"], (interpreter, a) => a[0] is string text
            ? Slicing.Slice(text, start: null, stop: null, step: BigInteger.MinusOne)
            : Reversed(interpreter, a[0]));
        filters.Add("join", ["value", "d=", "attribute="], (interpreter, a) => Join(interpreter, a));
        filters.Add("sum", ["iterable", "attribute=", "start="], (interpreter, a) => Sum(interpreter, a));
        filters.Add("batch", ["value", "linecount", "fill_with="], (interpreter, a) => new IteratorValue(Batch(interpreter, a)));
        filters.Add("slice", ["value", "slices", "fill_with="], (interpreter, a) => new IteratorValue(Slices(interpreter, a)));
    }

    // A value that cannot be read from its end is copied to a list.
    private static object Reversed(Interpreter interpreter, object? value)
    {
        object?[] items = [.. interpreter.Items(value).Reverse()];
        return value is IteratorValue ? new ListValue(items) : new IteratorValue(items);
    }

    private static object? Last(object? value) => value switch
    {
        IteratorValue => throw new TemplateError("'generator' object is not reversible"),
        ISequence or string when Slicing.TryItem(value, -1, out object? item) => item,
        _ => Iteration.Items(value).LastOrDefault(new Undefined("No last item, sequence was empty.")),
    };

    private static string Join(Interpreter interpreter, BoundArguments a)
    {
        var path = new AttributePath(a.Or(2, null));
        string separator = a.TextOr(1, "");
        List<string> parts = [];
        long length = 0;
        foreach (object? item in interpreter.Items(a[0]))
        {
            parts.Add(PythonText.Str(path.Of(item)));
            length += parts[^1].Length + separator.Length;
            interpreter.Budget.RequireText(length);
        }

        interpreter.Budget.ChargeText(length);
        return string.Join(separator, parts);
    }

    private static object? Sum(Interpreter interpreter, BoundArguments a)
    {
        var path = new AttributePath(a.Or(1, null));
        object? start = a.Or(2, BigInteger.Zero);
        return start is string
            ? throw new TemplateError("sum() can't sum strings [use ''.join(seq) instead]")
            : interpreter.Items(a[0]).Aggregate(start, (sum, item) => Arithmetic.Apply(interpreter, "+", sum, path.Of(item)));
    }

    private static IEnumerable<object?> Batch(Interpreter interpreter, BoundArguments a)
    {
        int size = Math.Max(1, a.CountOr(1, 1));
        foreach (object?[] chunk in interpreter.Items(a[0]).Chunk(size))
        {
            object? fill = a.Or(2, null);
            interpreter.Budget.ChargeItems(fill is null ? 1 : size);
            yield return new ListValue(fill is null ? chunk : [.. chunk, .. Enumerable.Repeat(fill, size - chunk.Length)]);
        }
    }

    private static IEnumerable<object?> Slices(Interpreter interpreter, BoundArguments a)
    {
        object?[] items = [.. interpreter.Items(a[0])];
        int count = a.CountOr(1, 1);
        if (count <= 0)
        {
            throw new TemplateError("slices must be more than zero");
        }

        int start = 0;
        for (int i = 0; i < count; i++)
        {
            interpreter.Budget.Charge(1);
            bool longer = i < items.Length % count;
            int end = start + items.Length / count + (longer ? 1 : 0);
            object?[] part = items[start..end];
            yield return new ListValue(a.Or(2, null) is { } fill && !longer ? [.. part, fill] : part);
            start = end;
        }
    }
}
