using Orleans;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative.Orleans.Answers;

/// <summary>A part of an answer on its way between silos. The first one says whether there is a place.</summary>
[GenerateSerializer, Immutable, Alias("peft.part")]
internal abstract record AnswerPart;

/// <summary>The request has a place, and its texts follow.</summary>
[GenerateSerializer, Immutable, Alias("peft.admitted")]
internal sealed record Admitted : AnswerPart;

/// <summary>The request has no place, and nothing follows.</summary>
/// <param name="Full">Whether too many requests wait; otherwise the silo is being stopped, or no longer serves the persona.</param>
[GenerateSerializer, Immutable, Alias("peft.refused")]
internal sealed record Refused([property: Id(0)] bool Full) : AnswerPart;

/// <summary>The prompt was written for another persona than the one that the silo has under this name, and nothing follows.</summary>
/// <param name="Text">What that persona is told before the prompt; <see langword="null"/> unless it is a text.</param>
[GenerateSerializer, Immutable, Alias("peft.told")]
internal sealed record Told([property: Id(0)] string? Text) : AnswerPart;

/// <summary>A piece of a text.</summary>
/// <param name="Choice">The index of the text.</param>
/// <param name="Text">The piece.</param>
/// <param name="Likely">How likely the tokens were that have ended in it.</param>
[GenerateSerializer, Immutable, Alias("peft.piece")]
internal sealed record AnswerPiece([property: Id(0)] int Choice, [property: Id(1)] string Text, [property: Id(2)] TokenLogProbability[] Likely) : AnswerPart
{
    internal static AnswerPiece Of(int choice, params IEnumerable<TextPiece> pieces) =>
        new(choice, string.Concat(pieces.Select(piece => piece.Text)), [.. pieces.SelectMany(piece => piece.Likely)]);

    internal TextPiece Piece() => new(Text, Likely);
}

/// <summary>The end of a text.</summary>
/// <param name="Tokens">The number of tokens.</param>
/// <param name="ReachedLimit">Whether the limit of tokens ended it.</param>
/// <param name="CachedTokens">The number of tokens of the prompt that had been read before.</param>
/// <param name="Last">What a reader gets after the end: the last piece, or the whole text of an answer that is not streamed. It may be empty.</param>
[GenerateSerializer, Immutable, Alias("peft.end")]
internal sealed record AnswerEnd([property: Id(0)] int Tokens, [property: Id(1)] bool ReachedLimit, [property: Id(2)] int CachedTokens, [property: Id(3)] AnswerPiece Last) : AnswerPart;

/// <summary>How likely a token was, as it is sent.</summary>
[GenerateSerializer, Immutable, Alias("peft.likely")]
internal struct LikelySurrogate
{
    [Id(0)]
    internal int Id;
    [Id(1)]
    internal double LogProbability;
    [Id(2)]
    internal (int Id, double LogProbability)[] Top;
}

/// <summary>Sends how likely a token was.</summary>
[RegisterConverter]
internal sealed class LikelyConverter : IConverter<TokenLogProbability, LikelySurrogate>
{
    public TokenLogProbability ConvertFromSurrogate(in LikelySurrogate surrogate) => new(surrogate.Id, surrogate.LogProbability, surrogate.Top);

    public LikelySurrogate ConvertToSurrogate(in TokenLogProbability value) => new() { Id = value.Id, LogProbability = value.LogProbability, Top = [.. value.Top] };
}

/// <summary>An error of the library, as it is sent.</summary>
[GenerateSerializer, Immutable, Alias("peft.error")]
internal struct ErrorSurrogate
{
    [Id(0)]
    internal string Id;
    [Id(1)]
    internal string Message;
}

/// <summary>Sends an error of the library, so that it is the same one at the silo that has the client.</summary>
[RegisterConverter]
internal sealed class ErrorConverter : IConverter<PeftException, ErrorSurrogate>
{
    public PeftException ConvertFromSurrogate(in ErrorSurrogate surrogate) => new(surrogate.Id, surrogate.Message);

    public ErrorSurrogate ConvertToSurrogate(in PeftException value) => new() { Id = value.Id, Message = value.Message };
}
