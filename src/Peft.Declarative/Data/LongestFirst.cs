namespace Peft.Declarative.Data;

/// <summary>The order of rows within a batch: by their lengths, the longest first; those of one length stay as they are.</summary>
internal static class LongestFirst
{
    /// <summary>Sorts items.</summary>
    /// <param name="items">The items.</param>
    /// <param name="lengths">The length of each.</param>
    internal static void Sort<T>(T[] items, int[] lengths)
    {
        // Array.Sort keeps no order among equal keys, so the place is a part of the key.
        var keys = new long[items.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = i - ((long)lengths[i] << 32);
        }

        Array.Sort(keys, items);
    }
}
