namespace Peft.Declarative.Templates.Values;

/// <summary>A Python generator: items that can be read once, one after the other. It is true and has no length.</summary>
internal sealed class IteratorValue(IEnumerable<object?> items)
{
    private readonly IEnumerator<object?> enumerator = items.GetEnumerator();

    internal IEnumerable<object?> Remaining()
    {
        while (enumerator.MoveNext())
        {
            yield return enumerator.Current;
        }
    }
}
