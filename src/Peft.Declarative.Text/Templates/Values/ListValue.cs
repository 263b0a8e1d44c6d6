namespace Peft.Declarative.Text.Templates.Values;

/// <summary>A Python list. Templates cannot change one.</summary>
internal sealed class ListValue(IReadOnlyList<object?> items) : ISequence
{
    internal IReadOnlyList<object?> Items => items;

    public int Count => items.Count;

    public object? this[int index] => items[index];

    public object Select(IEnumerable<int> indices) => new ListValue([.. indices.Select(i => items[i])]);
}
