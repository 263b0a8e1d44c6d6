namespace Peft.Declarative.Generation;

/// <summary>A number that is added to the score of a token whenever the ones before it are the beginning of a sequence.</summary>
/// <param name="Ids">The sequence; its last id gets the bias when the row ends with the others.</param>
/// <param name="Bias">What is added; negative discourages, −∞ forbids.</param>
public sealed record SequenceBias(IReadOnlyList<int> Ids, double Bias);
