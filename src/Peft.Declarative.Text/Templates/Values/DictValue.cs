namespace Peft.Declarative.Text.Templates.Values;

/// <summary>A Python dict: entries in the order in which they came, keys of any hashable type. Templates cannot change one.</summary>
internal sealed class DictValue
{
    private static readonly object NoneKey = new();

    private readonly OrderedDictionary<object, (object? Key, object? Value)> entries = new(KeyComparer.Instance);

    internal int Count => entries.Count;

    internal IEnumerable<(object? Key, object? Value)> Entries => entries.Values;

    /// <summary>Sets an entry while the dict is made; one that is there keeps its place and key.</summary>
    internal DictValue With(object? key, object? value)
    {
        object wrapped = Wrap(key);
        entries[wrapped] = (entries.TryGetValue(wrapped, out (object? Key, object? Value) old) ? old.Key : key, value);
        return this;
    }

    internal bool TryGet(object? key, out object? value)
    {
        bool found = entries.TryGetValue(Wrap(key), out (object? Key, object? Value) entry);
        value = entry.Value;
        return found;
    }

    internal bool Contains(object? key) => entries.ContainsKey(Wrap(key));

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
