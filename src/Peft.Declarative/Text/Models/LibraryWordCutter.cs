using System.Text;
using Microsoft.ML.Tokenizers;

namespace Peft.Declarative.Text.Models;

/// <summary>
/// Lets <see cref="WordPieceTokenizer"/> find the pieces. What it cannot express is settled here: it numbers tokens by lines, so ids with
/// holes are looked up and line breaks inside tokens get a stand-in.
/// </summary>
internal sealed class LibraryWordCutter : IWordCutter
{
    // Noncharacters, which no text has.
    private const char LineFeedStandIn = '\uFDD0';
    private const char RemoveOverride = '\uFDD1';

    // Never a piece of anything, so that it marks exactly the words that cannot be covered.
    private const string NotCovered = "\uFDD2";

    private readonly WordPieceTokenizer tokenizer;
    private readonly List<int> idOfLine = [];

    internal LibraryWordCutter(Vocabulary vocabulary, string prefix, int longestWord)
    {
        var lines = new StringBuilder();
        foreach ((string token, int id) in vocabulary.Entries.Where(entry => entry.Key.Length > 0))
        {
            lines.Append(Escape(token)).Append('\n');
            idOfLine.Add(id);
        }

        lines.Append(NotCovered).Append('\n');
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(lines.ToString()));
        tokenizer = WordPieceTokenizer.Create(stream, new WordPieceOptions
        {
            UnknownToken = NotCovered,
            ContinuingSubwordPrefix = prefix,
            MaxInputCharsPerWord = 2 * longestWord, // UTF-16 units here
        });
    }

    public bool TryCut(ReadOnlySpan<char> word, List<int> into)
    {
        foreach (int line in tokenizer.EncodeToIds(Escape(word), considerPreTokenization: false, considerNormalization: false))
        {
            if (line >= idOfLine.Count)
            {
                return false;
            }

            into.Add(idOfLine[line]);
        }

        return true;
    }

    private static string Escape(ReadOnlySpan<char> token) =>
        token.ToString().Replace('\n', LineFeedStandIn).Replace('\r', RemoveOverride);
}
