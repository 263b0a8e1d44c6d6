using System.Text;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>
/// WordPiece: the longest known piece, again and again; a word that cannot be covered is unknown as a whole.
/// <c>Microsoft.ML.Tokenizers</c> does the cutting (<see cref="WordPieceSplitter"/>) as long as words are short, as all published models
/// have it. It keeps a whole word on the stack and needs cubic time in the worst case, so longer limits go to <see cref="TrieSplitter"/>.
/// </summary>
internal sealed class WordPieceModel : ITokenModel
{
    private const int LongestForLibrary = 200;

    private readonly ISubwordSplitter _cutter;
    private readonly string _unknownToken;
    private readonly int _longestWord;

    private WordPieceModel(JsonSection section)
    {
        Vocabulary = Vocabulary.Read(section["vocab"]);
        _unknownToken = section.TextOrNull("unk_token") ?? "[UNK]";
        _longestWord = section.Number("max_input_chars_per_word", otherwise: 100);
        string prefix = section.TextOrNull("continuing_subword_prefix") ?? "##";
        _cutter = _longestWord is > 0 and <= LongestForLibrary   // 0 makes every word unknown, which the library refuses
            ? new WordPieceSplitter(Vocabulary, prefix, _longestWord)
            : new TrieSplitter(Vocabulary, prefix);
    }

    public Vocabulary Vocabulary { get; }

    internal static WordPieceModel Read(JsonSection section) => new(section);

    public void Encode(ReadOnlySpan<char> word, List<int> into)
    {
        int before = into.Count;
        if (TooLong(word) || !_cutter.TrySplit(word, into))
        {
            into.RemoveRange(before, into.Count - before);
            into.Add(Vocabulary.IdOf(_unknownToken) ?? throw TokenizerProblem.Unknown(word, _unknownToken));
        }
    }

    // Characters count, not UTF-16 units; a word of twice as many units need not be counted at all.
    private bool TooLong(ReadOnlySpan<char> word)
    {
        if (word.Length <= _longestWord || word.Length > 2L * _longestWord)
        {
            return word.Length > _longestWord;
        }

        int count = 0;
        foreach (Rune _ in word.EnumerateRunes())
        {
            count++;
        }

        return count > _longestWord;
    }
}
