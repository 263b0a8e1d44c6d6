namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>Finds the longest pieces in tries, one for the start of a word and one for what continues it. Any length of word.</summary>
internal sealed class TrieWordCutter : IWordCutter
{
    private readonly PieceTrie starts = new();
    private readonly PieceTrie continuations = new();

    internal TrieWordCutter(Vocabulary vocabulary, string prefix)
    {
        foreach ((string token, int id) in vocabulary.Entries)
        {
            starts.Add(token, id);
            if (token.StartsWith(prefix, StringComparison.Ordinal))
            {
                continuations.Add(token[prefix.Length..], id);
            }
        }
    }

    public bool TryCut(ReadOnlySpan<char> word, List<int> into)
    {
        int start = 0;
        while (start < word.Length)
        {
            PieceTrie trie = start == 0 ? starts : continuations;
            (int end, int id) = (start, -1);
            for (int i = start, node = 0; i < word.Length && (node = trie.Child(node, word[i])) >= 0; i++)
            {
                if (trie.Value(node) >= 0)
                {
                    (end, id) = (i + 1, trie.Value(node));
                }
            }

            if (id < 0)
            {
                return false;
            }

            into.Add(id);
            start = end;
        }

        return true;
    }
}
