using System.Text;

namespace FirstAdapter.Pretraining.Tokenizing;

/// <summary>Byte-pair encoding: begins with bytes and keeps merging the most frequent pair of neighbours. Sennrich et al. 2016, arXiv 1508.07909.</summary>
public static class BpeTrainer
{
    /// <summary>Learns merges.</summary>
    /// <param name="texts">What the tokenizer should write briefly.</param>
    /// <param name="mergeCount">Number of merges: the vocabulary's size above the 256 bytes.</param>
    /// <returns>Pairs in the order in which they are applied; fewer if nothing is left to merge.</returns>
    public static IReadOnlyList<(string Left, string Right)> Learn(IEnumerable<string> texts, int mergeCount)
    {
        List<Word> words = [.. WordSplitter.Count(texts).Select(entry => new Word(Spell(entry.Key), entry.Value))];
        List<(string Left, string Right)> merges = [];
        while (merges.Count < mergeCount && MostFrequent(words) is { } pair)
        {
            merges.Add(pair);
            foreach (Word word in words)
            {
                word.Merge(pair);
            }
        }

        return merges;
    }

    private static List<string> Spell(string word) =>
        [.. Encoding.UTF8.GetBytes(word).Select(b => ByteAlphabet.Characters[b].ToString())];

    private static (string Left, string Right)? MostFrequent(List<Word> words)
    {
        Dictionary<(string Left, string Right), int> counts = [];
        foreach (Word word in words)
        {
            foreach ((string Left, string Right) pair in word.Pairs)
            {
                counts[pair] = counts.GetValueOrDefault(pair) + word.Count;
            }
        }

        // Among equals the first in ordinal order, so that the tokenizer does not depend on a hash table's order.
        return counts.Count == 0 ? null : counts
            .OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key.Left, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Right, StringComparer.Ordinal)
            .First().Key;
    }

    private sealed class Word(List<string> symbols, int count)
    {
        public int Count => count;

        public IEnumerable<(string Left, string Right)> Pairs => symbols.Zip(symbols.Skip(1));

        public void Merge((string Left, string Right) pair)
        {
            for (int i = 0; i < symbols.Count - 1; i++)
            {
                if (symbols[i] == pair.Left && symbols[i + 1] == pair.Right)
                {
                    symbols[i] += symbols[i + 1];
                    symbols.RemoveAt(i + 1);
                }
            }
        }
    }
}
