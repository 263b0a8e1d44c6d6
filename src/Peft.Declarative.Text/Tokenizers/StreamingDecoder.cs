using Peft.Declarative.Text.Tokenizers;

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

    private readonly ITokenizer tokenizer;
    private readonly bool skipSpecialTokens;

    // Ids since the second last piece of text. Those before 'shown' have been returned; they are kept because decoders treat the first token differently.
    private readonly List<int> window = [];
    private int shown;

    internal StreamingDecoder(ITokenizer tokenizer, bool skipSpecialTokens)
    {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    /// <summary>Decodes the next id.</summary>
    /// <returns>Text that can be shown now; empty while a character is incomplete.</returns>
    public string Add(int id)
    {
        if (skipSpecialTokens && tokenizer.IsSpecial(id))
        {
            return "";
        }

        window.Add(id);
        string text = NewText();
        if (text.Length == 0 || (text[^1] == Broken && window.Count - shown <= MostHeldBack))
        {
            return "";
        }

        window.RemoveRange(0, shown);
        shown = window.Count;
        return text;
    }

    /// <summary>Ends the stream.</summary>
    /// <returns>The text that was held back, without the bytes of an incomplete character.</returns>
    public string Complete()
    {
        string text = NewText().TrimEnd(Broken);
        window.Clear();
        shown = 0;
        return text;
    }

    private string NewText()
    {
        string before = tokenizer.Decode(window.Take(shown), skipSpecialTokens);
        string now = tokenizer.Decode(window, skipSpecialTokens);
        return now.Length > before.Length ? now[before.Length..] : "";
    }
}
