using System.Text.RegularExpressions;

namespace FirstAdapter.Pretraining.Tokenizing;

/// <summary>Cuts text into the words that merges never cross; a space belongs to the word behind it (GPT-2).</summary>
public static partial class WordSplitter
{
    /// <summary>Words with the number of times each occurs.</summary>
    public static Dictionary<string, int> Count(IEnumerable<string> texts)
    {
        Dictionary<string, int> counts = [];
        foreach (Match word in texts.SelectMany(text => Pattern().Matches(text)))
        {
            counts[word.Value] = counts.GetValueOrDefault(word.Value) + 1;
        }

        return counts;
    }

    [GeneratedRegex(@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Pattern();
}
