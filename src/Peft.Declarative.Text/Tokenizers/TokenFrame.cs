namespace Peft.Declarative.Text.Tokenizers;

/// <summary>
/// The special tokens that a tokenizer puts before and after a text. They are added once: not where the text has them already, as one that a chat template
/// wrote, and not after a text that is to be continued.
/// </summary>
internal sealed class TokenFrame
{
    private readonly ITokenizer _tokenizer;
    private readonly IReadOnlyList<int> _before;
    private readonly IReadOnlyList<int> _after;

    internal TokenFrame(ITokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        (_before, _after) = tokenizer is Tokenizer own ? own.SpecialTokensAround() : Around(tokenizer);
    }

    /// <summary>What comes before a text.</summary>
    internal IReadOnlyList<int> Before => _before;

    /// <summary>What comes after a text.</summary>
    internal IReadOnlyList<int> After => _after;

    /// <summary>A text that is to be continued: what begins a text, and nothing that ends one.</summary>
    internal IReadOnlyList<int> Opened(string text) => Opened(_tokenizer.Encode(text, addSpecialTokens: false));

    /// <summary>A whole text, with what the tokenizer puts after it.</summary>
    internal IReadOnlyList<int> Whole(string text)
    {
        IReadOnlyList<int> ids = Opened(text);
        return EndsWith(ids, _after) ? ids : [.. ids, .. _after];
    }

    /// <summary>A whole text that ends with an id, unless it ends with an id that ends texts already.</summary>
    /// <param name="text">The text.</param>
    /// <param name="end">The id that ends it; null if texts run on.</param>
    /// <param name="ends">All ids that end a text.</param>
    internal IReadOnlyList<int> Whole(string text, int? end, IReadOnlyCollection<int> ends) => Closed(Opened(text), end, ends);

    /// <summary>A text that follows a prompt, without anything before it.</summary>
    internal IReadOnlyList<int> Continuation(string text, int? end, IReadOnlyCollection<int> ends)
    {
        IReadOnlyList<int> ids = _tokenizer.Encode(text, addSpecialTokens: false);
        return end is null ? ids : Closed(ids, end, ends);
    }

    private IReadOnlyList<int> Opened(IReadOnlyList<int> ids) => ids.Take(_before.Count).SequenceEqual(_before) ? ids : [.. _before, .. ids];

    private IReadOnlyList<int> Closed(IReadOnlyList<int> ids, int? end, IReadOnlyCollection<int> ends)
    {
        if (LastWord(ids) is { } last && (last == end || ends.Contains(last)))
        {
            return ids;
        }

        int[] after = end is { } id && !_after.Contains(id) ? [.. _after.Where(token => !ends.Contains(token)), id] : [.. _after];
        return [.. ids, .. after];
    }

    // Templates write a line end after the token that ends a turn.
    private int? LastWord(IReadOnlyList<int> ids)
    {
        for (int i = ids.Count - 1; i >= 0; i--)
        {
            if (_tokenizer.IsSpecial(ids[i]) || !string.IsNullOrWhiteSpace(_tokenizer.Decode([ids[i]], skipSpecialTokens: false)))
            {
                return ids[i];
            }
        }

        return null;
    }

    private static bool EndsWith(IReadOnlyList<int> ids, IReadOnlyList<int> tail) => ids.TakeLast(tail.Count).SequenceEqual(tail);

    private static (IReadOnlyList<int> Before, IReadOnlyList<int> After) Around(ITokenizer tokenizer)
    {
        const string Sample = "a";
        int[] framed = [.. tokenizer.Encode(Sample)];
        int[] bare = [.. tokenizer.Encode(Sample, addSpecialTokens: false)];
        int at = framed.AsSpan().IndexOf(bare);
        return at < 0 ? ([], []) : (framed[..at], framed[(at + bare.Length)..]);
    }
}
