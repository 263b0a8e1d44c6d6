using Peft.Declarative.Chat;

namespace Peft.Declarative.Serving.Personas;

/// <summary>Makes the pieces of a text of its tokens, up to the first stop sequence.</summary>
internal sealed class PieceWriter(ITokenizer tokenizer, IReadOnlyList<string> stopStrings, IReadOnlyList<int> ends)
{
    private readonly StreamingDecoder _decoder = new(tokenizer, skipSpecialTokens: true);
    private readonly StopText _stops = new(stopStrings);
    private readonly List<TokenLogProbability> _likely = [];   // of tokens whose text is held back
    private bool _limited;

    /// <summary>The number of tokens.</summary>
    internal int Tokens { get; private set; }

    /// <summary>Whether the limit of tokens ended the text.</summary>
    internal bool ReachedLimit => _limited && !_stops.Found;

    /// <summary>Adds a token.</summary>
    /// <returns>What can be shown now; <see langword="null"/> if that is nothing.</returns>
    internal TextPiece? Add(RowToken token)
    {
        Count(Tokens + 1, token.End == FinishReason.Length);
        if (ends.Contains(token.Id))
        {
            return null;   // it is no text, even if the tokenizer does not call it special
        }

        if (token.Likely is not null && !_stops.Found)
        {
            _likely.Add(token.Likely);
        }

        return Add(_decoder.Add(token.Id));
    }

    /// <summary>Adds a piece that has been decoded already.</summary>
    internal TextPiece? Add(string piece) => Piece(_stops.Add(piece));

    /// <summary>Says how many tokens there were.</summary>
    internal void Count(int tokens, bool reachedLimit) => (Tokens, _limited) = (tokens, reachedLimit);

    /// <summary>Ends the text.</summary>
    /// <returns>What was held back; <see langword="null"/> if that is nothing.</returns>
    internal TextPiece? Complete() => Piece(_stops.Add(_decoder.Complete()) + _stops.Complete());

    // The tokens of a stop sequence have no text that is shown.
    private TextPiece? Piece(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        TokenLogProbability[] likely = [.. _likely];
        _likely.Clear();
        return new TextPiece(text, likely);
    }
}

/// <summary>A piece of a text.</summary>
/// <param name="Text">The text.</param>
/// <param name="Likely">How likely the tokens were that have ended in it; empty if that was not asked for.</param>
internal sealed record TextPiece(string Text, IReadOnlyList<TokenLogProbability> Likely);
