using System.Runtime.CompilerServices;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>A Python generator: items that can be read once, one after the other. It is true and has no length.</summary>
internal sealed class IteratorValue(IEnumerable<object?> items)
{
    private readonly IEnumerator<object?> enumerator = items.GetEnumerator();

    internal IEnumerable<object?> Remaining()
    {
        while (MoveNext())
        {
            yield return enumerator.Current;
        }
    }

    // A generator may read from another, and that from another, and so on.
    private bool MoveNext()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return enumerator.MoveNext();
    }
}
