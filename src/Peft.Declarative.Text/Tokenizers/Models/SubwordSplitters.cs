using System.Text;
using Microsoft.ML.Tokenizers;

namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>Covers a word with the longest pieces from its start.</summary>
internal interface ISubwordSplitter
{
    /// <summary>Appends the ids of the pieces. Returns false if the word cannot be covered; ids may have been appended by then.</summary>
    bool TrySplit(ReadOnlySpan<char> word, List<int> into);
}

/// <summary>
/// Lets <see cref="WordPieceTokenizer"/> find the pieces. What it cannot express is settled here: it numbers tokens by lines, so ids with
/// gaps are looked up, and line breaks inside tokens are replaced by noncharacters.
/// </summary>
internal sealed class WordPieceSplitter : ISubwordSplitter
{
    // Noncharacters, which no text has.
    private const char LineFeedSubstitute = '\uFDD0';
    private const char ReturnSubstitute = '\uFDD1';

    // Part of no token, so that it marks exactly the words that cannot be covered.
    private const string NotCovered = "\uFDD2";

    private readonly WordPieceTokenizer _tokenizer;
    private readonly List<int> _idOfLine = [];

    internal WordPieceSplitter(Vocabulary vocabulary, string prefix, int longestWord)
    {
        var lines = new StringBuilder();
        foreach ((string token, int id) in vocabulary.Entries.Where(entry => entry.Key.Length > 0))
        {
            lines.Append(Escape(token)).Append('\n');
            _idOfLine.Add(id);
        }

        lines.Append(NotCovered).Append('\n');
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(lines.ToString()));
        _tokenizer = WordPieceTokenizer.Create(stream, new WordPieceOptions
        {
            UnknownToken = NotCovered,
            ContinuingSubwordPrefix = prefix,
            MaxInputCharsPerWord = 2 * longestWord, // UTF-16 units here
        });
    }

    public bool TrySplit(ReadOnlySpan<char> word, List<int> into)
    {
        foreach (int line in _tokenizer.EncodeToIds(Escape(word), considerPreTokenization: false, considerNormalization: false))
        {
            if (line >= _idOfLine.Count)
            {
                return false;
            }

            into.Add(_idOfLine[line]);
        }

        return true;
    }

    private static string Escape(ReadOnlySpan<char> token) =>
        token.ToString().Replace('\n', LineFeedSubstitute).Replace('\r', ReturnSubstitute);
}

/// <summary>Finds the longest pieces in two tries, one for the start of a word and one for its continuation. Words may have any length.</summary>
internal sealed class TrieSplitter : ISubwordSplitter
{
    private readonly TokenTrie _starts = new();
    private readonly TokenTrie _continuations = new();

    internal TrieSplitter(Vocabulary vocabulary, string prefix)
    {
        foreach ((string token, int id) in vocabulary.Entries)
        {
            _starts.Add(token, id);
            if (token.StartsWith(prefix, StringComparison.Ordinal))
            {
                _continuations.Add(token[prefix.Length..], id);
            }
        }
    }

    public bool TrySplit(ReadOnlySpan<char> word, List<int> into)
    {
        int start = 0;
        while (start < word.Length)
        {
            TokenTrie trie = start == 0 ? _starts : _continuations;
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
