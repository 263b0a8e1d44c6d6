namespace Peft.Declarative.Text.Tokenizers;

/// <summary>Which tokens of an encoded text cover which of its characters.</summary>
internal sealed class TokenOffsets
{
    private readonly Tokenizer tokenizer;
    private readonly string text;
    private readonly IReadOnlyList<int> ids;
    private readonly int[]? ends;

    internal TokenOffsets(Tokenizer tokenizer, string text, IReadOnlyList<int> ids)
    {
        (this.tokenizer, this.text, this.ids) = (tokenizer, text, ids);
        ends = Ends();
    }

    /// <summary>The tokens that cover characters of a part: the first of them, and the one after the last.</summary>
    internal (int First, int End) Covering(int start, int end)
    {
        if (ends is not null)
        {
            return (FirstAt(start), LastBefore(end) + 1);
        }

        (int first, _) = TokensBefore(start);
        (int last, bool crosses) = TokensBefore(end);
        return (first, Math.Min(ids.Count, crosses ? last + 1 : last));
    }

    // For each token the character after its last: how far the text is decoded with it. Null where decoding does not give the text back, as after a
    // normaliser that changes it.
    private int[]? Ends()
    {
        StreamingDecoder decoder = tokenizer.StartDecoding(skipSpecialTokens: false);
        var offsets = new int[ids.Count];
        int position = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            string piece = decoder.Add(ids[i]);
            if (!text.AsSpan(position).StartsWith(piece))
            {
                return null;
            }

            offsets[i] = position += piece.Length;
        }

        return position == text.Length ? offsets : null;
    }

    private int FirstAt(int position)
    {
        int token = Array.FindIndex(ends!, end => end > position);
        if (token < 0)
        {
            return ids.Count;
        }

        // Tokens that hold the first bytes of a character end where it begins, as nothing can be shown of it yet.
        while (token > 0 && ends![token - 1] == (token > 1 ? ends[token - 2] : 0))
        {
            token--;
        }

        return token;
    }

    private int LastBefore(int position)
    {
        int token = Array.FindIndex(ends!, end => end >= position);
        return token < 0 ? ids.Count - 1 : token;
    }

    // How many tokens lie before a position, and whether one more reaches across it: the tokens of the text up to there are the first ones of the
    // whole, except those at the boundary.
    private (int Count, bool Crosses) TokensBefore(int position)
    {
        IReadOnlyList<int> before = tokenizer.Encode(text[..position], addSpecialTokens: false);
        int common = 0;
        while (common < before.Count && common < ids.Count && before[common] == ids[common])
        {
            common++;
        }

        return (common, common < before.Count);
    }
}
