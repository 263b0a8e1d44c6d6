using Peft.Declarative.Text.Tokenizers.Models;

namespace Peft.Declarative.Text.Tokenizers;

/// <summary>Token ids of a text as they come, word after word.</summary>
/// <param name="room">For how many ids to make room at first.</param>
/// <param name="keepsWords">Whether truncation will ask where words begin.</param>
internal sealed class EncodedWords(int room, bool keepsWords)
{
    private readonly List<int> _ids = new(room);
    private readonly List<Word> _words = [];

    internal IReadOnlyList<int> Ids => _ids;

    internal void AddToken(int id)
    {
        Begin(isToken: true);
        _ids.Add(id);
    }

    internal void AddWord(ReadOnlySpan<char> word, ITokenModel model)
    {
        Begin(isToken: false);
        model.Encode(word, _ids);
    }

    /// <summary>Keeps whole words at one side, up to the one that makes it <paramref name="most"/> ids or more.</summary>
    /// <remarks>
    /// The reference stops there to save time, and looks whether it has enough after the model's words only, not after added tokens. Truncation to
    /// the exact length comes later and finds what this leaves.
    /// </remarks>
    internal void KeepEnough(int most, bool atEnd)
    {
        for (int i = 0; i < _words.Count; i++)
        {
            int word = atEnd ? _words.Count - 1 - i : i;
            int end = word + 1 < _words.Count ? _words[word + 1].Start : _ids.Count;
            if (_words[word].IsToken || (atEnd ? _ids.Count - _words[word].Start : end) < most)
            {
                continue;
            }

            _ids.RemoveRange(atEnd ? 0 : end, atEnd ? _words[word].Start : _ids.Count - end);
            return;
        }
    }

    private void Begin(bool isToken)
    {
        if (keepsWords)
        {
            _words.Add(new Word(_ids.Count, isToken));
        }
    }

    private readonly record struct Word(int Start, bool IsToken);
}
