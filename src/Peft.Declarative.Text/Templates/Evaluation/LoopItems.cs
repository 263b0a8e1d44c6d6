using Peft.Declarative.Text.Templates.Values;

namespace Peft.Declarative.Text.Templates.Evaluation;

/// <summary>
/// The items of a loop, read one by one as the loop goes on: its condition may depend on what earlier rounds did, and a loop that is left
/// leaves a generator its other items.
/// </summary>
/// <param name="items">The items.</param>
/// <param name="knownCount">How many there are, where that is known without reading them.</param>
internal sealed class LoopItems(IEnumerable<object?> items, int? knownCount)
{
    private readonly IEnumerator<object?> unread = items.GetEnumerator();
    private readonly Queue<object?> ahead = new();
    private int? count = knownCount;

    /// <summary>Number of the current item, from 0; -1 before the first.</summary>
    internal int Index { get; private set; } = -1;

    internal object? Previous { get; private set; }

    internal object? Current { get; private set; }

    /// <summary>How many items there are. If that is not known, all are read for it.</summary>
    internal int Count
    {
        get
        {
            if (count is null)
            {
                while (unread.MoveNext())
                {
                    ahead.Enqueue(unread.Current);
                }

                count = Index + 1 + ahead.Count;
            }

            return count.Value;
        }
    }

    internal bool MoveNext()
    {
        if (!TryPeek(out object? next))
        {
            return false;
        }

        ahead.Dequeue();
        (Previous, Current) = (Current, next);
        Index++;
        return true;
    }

    /// <summary>The item after the current one; this reads it.</summary>
    internal bool TryPeek(out object? next)
    {
        if (ahead.Count == 0 && unread.MoveNext())
        {
            ahead.Enqueue(unread.Current);
        }

        return ahead.TryPeek(out next);
    }
}
