namespace Peft.Declarative.Text.Tokenizers;

/// <summary>Which tokens of an encoded text cover which of its characters.</summary>
internal sealed class TokenOffsets
{
    private readonly Tokenizer _tokenizer;
    private readonly string _text;
    private readonly IReadOnlyList<int> _ids;
    private readonly int[]? _ends;

    internal TokenOffsets(Tokenizer tokenizer, string text, IReadOnlyList<int> ids)
    {
        (_tokenizer, _text, _ids) = (tokenizer, text, ids);
        _ends = Ends();
    }

    /// <summary>The tokens that cover characters of a part: the first of them, and the one after the last.</summary>
    internal (int First, int End) Covering(int start, int end)
    {
        if (_ends is not null)
        {
            return (FirstAt(start), LastBefore(end) + 1);
        }

        (int first, _) = TokensBefore(start);
        (int last, bool crosses) = TokensBefore(end);
        return (first, Math.Min(_ids.Count, crosses ? last + 1 : last));
    }

    // For each token the character after its last: how far the text is decoded with it. Null where decoding does not give the text back, as after a
    // normaliser that changes it.
    private int[]? Ends()
    {
        var decoder = new StreamingDecoder(_tokenizer, skipSpecialTokens: false, byCharacter: true);
        var offsets = new int[_ids.Count];
        int position = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            string piece = decoder.Add(_ids[i]);
            if (!_text.AsSpan(position).StartsWith(piece))
            {
                return null;
            }

            offsets[i] = position += piece.Length;
        }

        return position == _text.Length ? offsets : null;
    }

    private int FirstAt(int position)
    {
        int token = Array.FindIndex(_ends!, end => end > position);
        if (token < 0)
        {
            return _ids.Count;
        }

        // Tokens that hold the first bytes of a character end where it begins, as nothing can be shown of it yet.
        while (token > 0 && _ends![token - 1] == (token > 1 ? _ends[token - 2] : 0))
        {
            token--;
        }

        return token;
    }

    private int LastBefore(int position)
    {
        int token = Array.FindIndex(_ends!, end => end >= position);
        return token < 0 ? _ids.Count - 1 : token;
    }

    // How many tokens lie before a position, and whether one more reaches across it: the tokens of the text up to there are the first ones of the
    // whole, except those at the boundary.
    private (int Count, bool Crosses) TokensBefore(int position)
    {
        IReadOnlyList<int> before = _tokenizer.Encode(_text[..position], addSpecialTokens: false);
        int common = 0;
        while (common < before.Count && common < _ids.Count && before[common] == _ids[common])
        {
            common++;
        }

        return (common, common < before.Count);
    }
}
