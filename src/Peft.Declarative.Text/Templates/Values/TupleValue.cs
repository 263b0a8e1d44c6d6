namespace Peft.Declarative.Text.Templates.Values;

/// <summary>A Python tuple. Its items may have names, as in what <c>groupby</c> gives.</summary>
internal sealed class TupleValue(IReadOnlyList<object?> items, params string[] names) : ISequence
{
    internal IReadOnlyList<object?> Items => items;

    public int Count => items.Count;

    public object? this[int index] => items[index];

    public object Select(IEnumerable<int> indices) => new TupleValue([.. indices.Select(i => items[i])]);

    internal bool TryGetNamed(string name, out object? value)
    {
        int index = Array.IndexOf(names, name);
        value = index < 0 ? null : items[index];
        return index >= 0;
    }
}
