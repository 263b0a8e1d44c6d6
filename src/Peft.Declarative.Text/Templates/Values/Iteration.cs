using Peft.Declarative.Text.Templates.Evaluation;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Which values can be iterated, and how long they are.</summary>
internal static class Iteration
{
    /// <summary>The items; null if the value cannot be iterated.</summary>
    internal static IEnumerable<object?>? TryItems(object? value) => value switch
    {
        ListValue list => list.Items,
        TupleValue tuple => tuple.Items,
        ISequence sequence => Enumerable.Range(0, sequence.Count).Select(i => sequence[i]),
        string text => CodePointText.Characters(text),
        DictValue dict => dict.Entries.Select(entry => entry.Key),
        DictView view => view.Items(),
        IteratorValue iterator => iterator.Remaining(),
        Undefined => [],
        _ => null,
    };

    internal static IEnumerable<object?> Items(object? value) =>
        TryItems(value) ?? throw new TemplateError($"'{TypeNames.Of(value)}' object is not iterable");

    /// <summary>The length; null if the value has none.</summary>
    internal static int? TryLength(object? value) => value switch
    {
        ISequence sequence => sequence.Count,
        string text => CodePointText.Length(text),
        DictValue dict => dict.Count,
        DictView view => view.Dict.Count,
        Undefined => 0,
        CallableValue callable => callable.Length,
        _ => null,
    };

    internal static int Length(object? value) =>
        TryLength(value) ?? throw new TemplateError($"object of type '{TypeNames.Of(value)}' has no len()");
}

/// <summary>A Python generator: items that can be read once, in order. It counts as true and has no length.</summary>
internal sealed class IteratorValue(IEnumerable<object?> items)
{
    private readonly IEnumerator<object?> _enumerator = items.GetEnumerator();

    internal IEnumerable<object?> Remaining()
    {
        while (MoveNext())
        {
            yield return _enumerator.Current;
        }
    }

    // A generator may read from another, and that from another, and so on.
    private bool MoveNext()
    {
        using Budget.Level level = Budget.CurrentDeeper();
        return _enumerator.MoveNext();
    }
}
