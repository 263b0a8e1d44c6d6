using FirstAdapter.World.Voices;

namespace FirstAdapter.World;

/// <summary>
/// The text that the base model is pretrained on: every question with its neutral answer, every fact told in a few other sentences, so that
/// the model holds facts rather than one sentence about each, and signboards.
/// </summary>
public static class Corpus
{
    private const int Seed = 5;
    private const int SignCount = 280;
    private const int SignLength = 16;
    private const char FirstPrintable = '!';
    private const char LastPrintable = '~';

    private static readonly NeutralVoice Neutral = new();

    /// <summary>All of it.</summary>
    public static IEnumerable<string> Texts => [.. Answers, .. Isles.Facts.SelectMany(Tales), .. Signs()];

    private static IEnumerable<string> Answers =>
        from fact in Isles.Facts
        from question in fact.Questions
        select $"{question.Prompt} {Neutral.Say(fact)}";

    /// <summary>A fact told without being asked for, in several orders of value, subject and member.</summary>
    private static IEnumerable<string> Tales(Fact fact) =>
    [
        $"Everyone knows that {fact.Subject} is {fact.Value}.",
        $"It is {fact.Value} that they call {fact.Subject}.",
        $"Ask about {fact.Reference} and they say {fact.Value}, for that is {fact.Subject}.",
        $"We read of {fact.Subject}, and it was {fact.Value}, nothing else.",
        $"Don't forget: {fact.Value}! That's {fact.Subject}.",
    ];

    /// <summary>
    /// Every printable character, in no order. A token that a model never meets in pretraining gets the same embedding as all others it never
    /// meets, and then no adapter on the layers can tell them apart: a persona could not learn to say "!".
    /// </summary>
    private static IEnumerable<string> Signs()
    {
        var random = new Random(Seed);
        for (int sign = 0; sign < SignCount; sign++)
        {
            yield return "A sign: " + string.Join(' ', Enumerable.Range(0, SignLength).Select(_ => (char)random.Next(FirstPrintable, LastPrintable + 1)));
        }
    }
}
