using Peft.Declarative.Text.Loading;

namespace Peft.Declarative.Text.Models;

/// <summary>The merges of a byte-pair model: which two neighbouring tokens become one, and how early.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<long, (int Rank, int Merged)> merges;

    private MergeTable(Dictionary<long, (int Rank, int Merged)> merges) => this.merges = merges;

    /// <summary>Reads the list of <c>"a b"</c> or <c>["a", "b"]</c>.</summary>
    /// <param name="section">The list.</param>
    /// <param name="vocabulary">Must hold both sides of every merge and what it makes.</param>
    /// <param name="continuingPrefix">Left out of the right side when the two are joined.</param>
    internal static MergeTable Read(JsonSection section, Vocabulary vocabulary, string continuingPrefix)
    {
        var merges = new Dictionary<long, (int, int)>();
        int rank = 0;
        foreach (JsonSection item in section.Items())
        {
            if (item.IsText && item.AsText().StartsWith("#version", StringComparison.Ordinal))
            {
                continue; // the first line of the older merges.txt
            }

            (string left, string right) = Sides(item);
            if (!right.StartsWith(continuingPrefix, StringComparison.Ordinal) && right.Length < continuingPrefix.Length)
            {
                throw item.Error($"joins '{left}' with '{right}', which is shorter than the continuing prefix '{continuingPrefix}'.");
            }

            string joined = left + right[continuingPrefix.Length..];
            merges[Key(Known(item, vocabulary, left), Known(item, vocabulary, right))] = (rank++, Known(item, vocabulary, joined));
        }

        return new MergeTable(merges);
    }

    internal bool TryGet(int left, int right, out int rank, out int merged)
    {
        bool found = merges.TryGetValue(Key(left, right), out (int Rank, int Merged) merge);
        (rank, merged) = merge;
        return found;
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    private static (string Left, string Right) Sides(JsonSection item)
    {
        string[] sides = item.IsArray ? [.. item.Items().Select(side => side.AsText())] : item.AsText().Split(' ');
        return sides.Length == 2 ? (sides[0], sides[1]) : throw item.Error("must name two tokens, as \"a b\" or [\"a\", \"b\"].");
    }

    private static int Known(JsonSection item, Vocabulary vocabulary, string token) => vocabulary.IdOf(token)
        ?? throw item.Error($"needs the token '{token}', which the vocabulary does not have. Vocabulary and merges belong to different tokenizers.");
}
