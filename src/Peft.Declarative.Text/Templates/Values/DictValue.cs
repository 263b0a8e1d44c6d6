namespace Peft.Declarative.Text.Templates.Values;

/// <summary>A Python dict: entries in the order in which they came, keys of any hashable type. Templates cannot change one.</summary>
internal sealed class DictValue
{
    private static readonly object NoneKey = new();

    private readonly OrderedDictionary<object, (object? Key, object? Value)> _entries = new(KeyComparer.Instance);

    internal int Count => _entries.Count;

    internal IEnumerable<(object? Key, object? Value)> Entries => _entries.Values;

    /// <summary>Sets an entry while the dict is made; an existing one keeps its position and key.</summary>
    internal DictValue With(object? key, object? value)
    {
        object wrapped = Wrap(key);
        _entries[wrapped] = (_entries.TryGetValue(wrapped, out (object? Key, object? Value) old) ? old.Key : key, value);
        return this;
    }

    internal bool TryGet(object? key, out object? value)
    {
        bool found = _entries.TryGetValue(Wrap(key), out (object? Key, object? Value) entry);
        value = entry.Value;
        return found;
    }

    internal bool Contains(object? key) => _entries.ContainsKey(Wrap(key));

    private static object Wrap(object? key) => key switch
    {
        null => NoneKey,
        ListValue or DictValue or DictView => throw new TemplateError($"unhashable type: '{TypeNames.Of(key)}'"),
        _ => key,
    };

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        internal static readonly KeyComparer Instance = new();

        bool IEqualityComparer<object>.Equals(object? x, object? y) => ReferenceEquals(x, y) || Comparison.AreEqual(x, y);

        int IEqualityComparer<object>.GetHashCode(object obj) => Comparison.HashOf(obj);
    }
}

/// <summary>The result of <c>keys()</c>, <c>values()</c> and <c>items()</c> of a dict: iterable and countable, but not indexed.</summary>
/// <param name="Name">Which of the three.</param>
/// <param name="Dict">The dict.</param>
internal sealed record DictView(string Name, DictValue Dict)
{
    internal IEnumerable<object?> Items() => Name switch
    {
        "keys" => Dict.Entries.Select(entry => entry.Key),
        "values" => Dict.Entries.Select(entry => entry.Value),
        _ => Dict.Entries.Select(entry => (object?)new TupleValue([entry.Key, entry.Value])),
    };
}

/// <summary>The value of <c>namespace()</c>: attributes that inner scopes may set, so that a loop can return a result.</summary>
internal sealed class NamespaceValue(DictValue attributes)
{
    internal DictValue Attributes => attributes;
}
