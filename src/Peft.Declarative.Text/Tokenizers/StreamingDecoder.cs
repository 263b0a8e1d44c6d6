namespace Peft.Declarative;

/// <summary>Decodes ids as a model produces them. A character whose bytes are incomplete is held back until the rest arrives.</summary>
/// <example><code>
/// StreamingDecoder decoder = tokenizer.StartDecoding();
/// foreach (int id in ids)
/// {
///     Console.Write(decoder.Add(id));
/// }
///
/// Console.Write(decoder.Complete());
/// </code></example>
public sealed class StreamingDecoder
{
    // A character has at most four bytes, so text that is still broken after this many more tokens stays broken.
    private const int MostHeldBack = 8;

    private const char Broken = '\uFFFD';

    private readonly ITokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;

    // Ids since the second last piece of text. Those before 'shown' have been returned; they are kept because decoders treat the first token differently.
    private readonly List<int> _window = [];
    private int _shown;

    internal StreamingDecoder(ITokenizer tokenizer, bool skipSpecialTokens)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
    }

    /// <summary>Decodes the next id.</summary>
    /// <returns>Text that can be shown now; empty while a character is incomplete.</returns>
    public string Add(int id)
    {
        if (_skipSpecialTokens && _tokenizer.IsSpecial(id))
        {
            return "";
        }

        _window.Add(id);
        string text = NewText();
        if (text.Length == 0 || (text[^1] == Broken && _window.Count - _shown <= MostHeldBack))
        {
            return "";
        }

        _window.RemoveRange(0, _shown);
        _shown = _window.Count;
        return text;
    }

    /// <summary>Ends the stream.</summary>
    /// <returns>The text that was held back, without the bytes of an incomplete character.</returns>
    public string Complete()
    {
        string text = NewText().TrimEnd(Broken);
        _window.Clear();
        _shown = 0;
        return text;
    }

    private string NewText()
    {
        string before = _tokenizer.Decode(_window.Take(_shown), _skipSpecialTokens);
        string now = _tokenizer.Decode(_window, _skipSpecialTokens);
        return now.Length > before.Length ? now[before.Length..] : "";
    }
}
