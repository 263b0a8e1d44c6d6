using Peft.Declarative.Text.Tokenizers;

namespace Peft.Declarative;

/// <summary>
/// Decodes ids as a model produces them. A character whose bytes are incomplete is held back until the rest arrives, and so are characters that are spelled
/// by tokens of single bytes, until it is known whether the whole run of such tokens is text: together the pieces are what decoding all ids at once returns.
/// </summary>
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
    private readonly bool _byCharacter;
    private readonly ByteRun _run = new();

    // Ids since the second last piece of text. The first '_shown' of them are context: decoders treat the first token differently.
    private readonly List<int> _window = [];
    private int _shown;
    private int _written;   // characters of the window's text that have been returned

    /// <param name="tokenizer">Decodes the ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <param name="byCharacter">Whether each character appears with its last token. Right for ids of an encoded text, whose bytes are whole.</param>
    internal StreamingDecoder(ITokenizer tokenizer, bool skipSpecialTokens, bool byCharacter = false)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        _byCharacter = byCharacter;
    }

    /// <summary>Decodes all ids of a text that may have been cut off: the bytes of an incomplete character at its end are left out, as by <see cref="Complete"/>.</summary>
    internal static string DecodeCut(ITokenizer tokenizer, IEnumerable<int> ids)
    {
        var run = new ByteRun();
        List<int> text = [.. ids.Where(id => !tokenizer.IsSpecial(id))];
        text.ForEach(id => run.Add(tokenizer, id));
        return WithoutEnd(tokenizer.Decode(text.SkipLast(run.Incomplete)), run);
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
        if (!_byCharacter)
        {
            bool wasBroken = _run.IsBroken;
            _run.Add(_tokenizer, id);
            if (_run.IsBroken && wasBroken)
            {
                // The reference shows each byte of a run that is no text in this way, even those that are characters by themselves.
                Settle(_window.Count - 1);
                return $"{Broken}";
            }

            if (_run is { IsBroken: false, IsEmpty: false })
            {
                return "";
            }
        }

        string text = _tokenizer.Decode(_window, _skipSpecialTokens);
        int end = text.Length;
        if (text.Length > 0 && text[^1] == Broken && !_run.IsBroken)
        {
            end = !_byCharacter ? end - 1 : _window.Count - _shown > MostHeldBack ? end : 0;
        }

        string piece = end > _written ? text[_written..end] : "";
        if (end == text.Length && piece.Length > 0)
        {
            Settle(_shown);
        }
        else
        {
            _written = Math.Max(_written, end);
            Shorten();
        }

        return piece;
    }

    /// <summary>Ends the stream.</summary>
    /// <returns>The text that was held back, without the bytes of an incomplete character.</returns>
    public string Complete()
    {
        string text = _tokenizer.Decode(_window.SkipLast(_run.Incomplete), _skipSpecialTokens);
        text = _byCharacter ? text.TrimEnd(Broken) : WithoutEnd(text, _run);
        string rest = text.Length > _written ? text[_written..] : "";
        _window.Clear();
        _run.Clear();
        _shown = _written = 0;
        return rest;
    }

    // Tokens of several bytes decode to one sign for what is incomplete.
    private static string WithoutEnd(string text, ByteRun run) => text.Length > 0 && text[^1] == Broken && !run.IsBroken ? text[..^1] : text;

    private void Settle(int dropped)
    {
        _window.RemoveRange(0, dropped);
        _shown = _window.Count;
        _written = _tokenizer.Decode(_window, _skipSpecialTokens).Length;
    }

    // Bytes that never become a character would make the window grow. What is incomplete lies in the last three tokens.
    private void Shorten()
    {
        if (!_byCharacter && _run.IsEmpty && _window.Count - _shown > 2 * MostHeldBack && _tokenizer.Decode(_window, _skipSpecialTokens) is [.., Broken])
        {
            _window.RemoveRange(0, _window.Count - MostHeldBack);
            _shown = 0;
            _written = _tokenizer.Decode(_window, _skipSpecialTokens).Length - 1;
        }
    }
}
