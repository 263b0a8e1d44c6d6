namespace Peft.Declarative.Generation;

/// <summary>Makes the end of text more likely, exponentially so, once a row is longer than wanted.</summary>
/// <param name="Start">Number of new tokens from which on it acts.</param>
/// <param name="Factor">Growth per token; above 1.</param>
public sealed record LengthDecay(int Start, double Factor);
