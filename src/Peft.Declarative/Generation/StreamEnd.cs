namespace Peft.Declarative.Generation;

/// <summary>How a streamed text ended.</summary>
/// <param name="NewTokens">Tokens that were generated, the one that ended the text included.</param>
/// <param name="ReachedLimit">Whether there was no room for more, rather than nothing more to say.</param>
internal readonly record struct StreamEnd(int NewTokens, bool ReachedLimit);
