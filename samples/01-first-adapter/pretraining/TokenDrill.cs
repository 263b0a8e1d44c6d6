using Peft.Declarative;

namespace FirstAdapter.Pretraining;

/// <summary>
/// Rows of random tokens. A token that a model never meets in pretraining keeps the same embedding as all others it never meets, and no adapter
/// on the layers can tell them apart afterwards: a persona could not learn to say "!". Large models meet every token; this one is helped.
/// </summary>
internal static class TokenDrill
{
    private const int RowCount = 160;
    private const int Length = 24;

    /// <summary>Makes the rows.</summary>
    /// <param name="bos">Id that begins each.</param>
    /// <param name="first">First id that is no special token.</param>
    /// <param name="vocabularySize">One more than the last id.</param>
    /// <param name="seed">Seed of the draw.</param>
    internal static IEnumerable<TrainingRow> Rows(int bos, int first, int vocabularySize, int seed)
    {
        var random = new Random(seed);
        for (int row = 0; row < RowCount; row++)
        {
            yield return TrainingRow.OfText([bos, .. Enumerable.Range(0, Length).Select(_ => random.Next(first, vocabularySize))]);
        }
    }
}
