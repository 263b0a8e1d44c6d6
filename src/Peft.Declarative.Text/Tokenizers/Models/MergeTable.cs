using System.Numerics;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>The merges of a byte-pair model: which two neighbouring tokens become one, and how early.</summary>
internal sealed class MergeTable
{
    private const int LongestOnStack = 256;

    // Open addressing with linear probing: this is asked several times for every character of new text.
    private readonly Entry[] _slots;
    private readonly List<int> _mergedByRank = [];

    private MergeTable(int count) => _slots = new Entry[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, count * 2))];

    /// <summary>Reads the list of <c>"a b"</c> or <c>["a", "b"]</c>.</summary>
    /// <param name="section">The list.</param>
    /// <param name="vocabulary">Must hold both sides of every merge and what it makes.</param>
    /// <param name="continuingPrefix">Left out of the right side when the two are joined.</param>
    internal static MergeTable Read(JsonSection section, Vocabulary vocabulary, string continuingPrefix)
    {
        var table = new MergeTable(section.IsArray ? section.Value.GetArrayLength() : 0);
        foreach (JsonSection item in section.Items())
        {
            string[] sides = item.IsArray ? item.AsTexts() : item.AsText().Split(' ');
            if (item.IsText && sides[0].StartsWith("#version", StringComparison.Ordinal))
            {
                continue; // the first line of the older merges.txt
            }

            (string left, string right) = sides.Length == 2
                ? (sides[0], sides[1])
                : throw item.Error("must name two tokens, as \"a b\" or [\"a\", \"b\"].");
            if (right.Length < continuingPrefix.Length)
            {
                throw item.Error($"joins '{left}' with '{right}', which is shorter than the continuing prefix '{continuingPrefix}'.");
            }

            table.Add(
                Key(Known(item, vocabulary, left), Known(item, vocabulary, right)),
                Joined(item, vocabulary, left, right.AsSpan(continuingPrefix.Length)));
        }

        return table;
    }

    internal bool TryGet(int left, int right, out int rank, out int merged)
    {
        long pair = Key(left, right);
        for (int slot = FirstSlot(pair); _slots[slot].IsUsed; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (_slots[slot].Pair == pair)
            {
                (rank, merged) = (_slots[slot].Rank, _slots[slot].Merged);
                return true;
            }
        }

        (rank, merged) = (-1, -1);
        return false;
    }

    /// <summary>What the merge of a rank makes.</summary>
    internal int MergedAt(int rank) => _mergedByRank[rank];

    // A hash that differs from process to process, so that no file can be made to collide.
    private int FirstSlot(long pair) => HashCode.Combine(pair) & (_slots.Length - 1);

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    // A pair that comes twice counts where it comes last, as in the reference.
    private void Add(long pair, int merged)
    {
        int slot = FirstSlot(pair);
        while (_slots[slot].IsUsed && _slots[slot].Pair != pair)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        _slots[slot] = new Entry(pair, _mergedByRank.Count, merged, IsUsed: true);
        _mergedByRank.Add(merged);
    }

    private static int Joined(JsonSection item, Vocabulary vocabulary, ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int length = left.Length + right.Length;
        Span<char> joined = length <= LongestOnStack ? stackalloc char[length] : new char[length];
        left.CopyTo(joined);
        right.CopyTo(joined[left.Length..]);
        return Known(item, vocabulary, joined);
    }

    private static int Known(JsonSection item, Vocabulary vocabulary, ReadOnlySpan<char> token) => vocabulary.TryGetId(token, out int id)
        ? id
        : throw item.Error($"needs the token '{token}', which the vocabulary does not have. Vocabulary and merges belong to different tokenizers.");

    private readonly record struct Entry(long Pair, int Rank, int Merged, bool IsUsed);
}
