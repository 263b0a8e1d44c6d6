using System.Runtime.InteropServices;

namespace Peft.Declarative.Generation;

/// <summary>
/// Drafts the next tokens by looking up the last ones earlier in the row: what followed them there may follow again (Saxena 2023, prompt lookup decoding). Texts
/// that repeat their prompt, such as summaries and edits, are drafted well.
/// </summary>
/// <param name="ids">The row so far.</param>
/// <param name="longest">The maximum number of last tokens to look up, at least 1; fewer if they do not occur earlier.</param>
internal sealed class PromptLookup(IEnumerable<long> ids, int longest)
{
    private readonly List<long> _ids = [.. ids];

    /// <summary>Adds the token that follows.</summary>
    internal void Add(long id) => _ids.Add(id);

    /// <summary>Drafts up to <paramref name="most"/> tokens; none if the last token is new.</summary>
    internal long[] Draft(int most)
    {
        ReadOnlySpan<long> row = CollectionsMarshal.AsSpan(_ids);
        for (int size = Math.Min(longest, row.Length - 1); size > 0 && most > 0; size--)
        {
            // The last tokens themselves are at the end, and nothing follows them there.
            int found = row[..^1].IndexOf(row[^size..]);
            if (found >= 0)
            {
                ReadOnlySpan<long> after = row[(found + size)..];
                return after[..Math.Min(most, after.Length)].ToArray();
            }
        }

        return [];
    }
}
