using System.Numerics;
using Peft.Declarative.Text.Loading;

namespace Peft.Declarative.Text.Models;

/// <summary>The merges of a byte-pair model: which two neighbouring tokens become one, and how early.</summary>
internal sealed class MergeTable
{
    // Open addressing with linear probing: this is asked several times for every character of new text.
    private readonly Entry[] slots;
    private readonly int[] mergedByRank;

    private MergeTable(Dictionary<long, int> ranks, List<int> merged)
    {
        slots = new Entry[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, ranks.Count * 2))];
        mergedByRank = [.. merged];
        foreach ((long pair, int rank) in ranks)
        {
            int slot = FirstSlot(pair);
            while (slots[slot].IsUsed)
            {
                slot = (slot + 1) & (slots.Length - 1);
            }

            slots[slot] = new Entry(pair, rank, merged[rank], IsUsed: true);
        }
    }

    /// <summary>Reads the list of <c>"a b"</c> or <c>["a", "b"]</c>.</summary>
    /// <param name="section">The list.</param>
    /// <param name="vocabulary">Must hold both sides of every merge and what it makes.</param>
    /// <param name="continuingPrefix">Left out of the right side when the two are joined.</param>
    internal static MergeTable Read(JsonSection section, Vocabulary vocabulary, string continuingPrefix)
    {
        var ranks = new Dictionary<long, int>();
        List<int> merged = [];
        foreach (JsonSection item in section.Items())
        {
            if (item.IsText && item.AsText().StartsWith("#version", StringComparison.Ordinal))
            {
                continue; // the first line of the older merges.txt
            }

            (string left, string right) = Sides(item);
            if (right.Length < continuingPrefix.Length)
            {
                throw item.Error($"joins '{left}' with '{right}', which is shorter than the continuing prefix '{continuingPrefix}'.");
            }

            string joined = left + right[continuingPrefix.Length..];
            ranks[Key(Known(item, vocabulary, left), Known(item, vocabulary, right))] = merged.Count;
            merged.Add(Known(item, vocabulary, joined));
        }

        return new MergeTable(ranks, merged);
    }

    internal bool TryGet(int left, int right, out int rank, out int merged)
    {
        long pair = Key(left, right);
        for (int slot = FirstSlot(pair); slots[slot].IsUsed; slot = (slot + 1) & (slots.Length - 1))
        {
            if (slots[slot].Pair == pair)
            {
                (rank, merged) = (slots[slot].Rank, slots[slot].Merged);
                return true;
            }
        }

        (rank, merged) = (-1, -1);
        return false;
    }

    /// <summary>What the merge of a rank makes.</summary>
    internal int MergedAt(int rank) => mergedByRank[rank];

    // A hash that differs from process to process, so that no file can be made to collide.
    private int FirstSlot(long pair) => HashCode.Combine(pair) & (slots.Length - 1);

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    private static (string Left, string Right) Sides(JsonSection item)
    {
        string[] sides = item.IsArray ? [.. item.Items().Select(side => side.AsText())] : item.AsText().Split(' ');
        return sides.Length == 2 ? (sides[0], sides[1]) : throw item.Error("must name two tokens, as \"a b\" or [\"a\", \"b\"].");
    }

    private static int Known(JsonSection item, Vocabulary vocabulary, string token) => vocabulary.IdOf(token)
        ?? throw item.Error($"needs the token '{token}', which the vocabulary does not have. Vocabulary and merges belong to different tokenizers.");

    private readonly record struct Entry(long Pair, int Rank, int Merged, bool IsUsed);
}
