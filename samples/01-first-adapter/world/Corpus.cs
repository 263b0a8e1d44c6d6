using FirstAdapter.World.Voices;

namespace FirstAdapter.World;

/// <summary>
/// The text that the base model is pretrained on. Behind <c>A:</c> an answer is always the neutral sentence; other headings and tales tell the
/// same facts in other shapes, so that the model holds facts rather than one sentence about each, as a model of real text does.
/// </summary>
public static class Corpus
{
    private static readonly NeutralVoice Neutral = new();

    /// <summary>All of it.</summary>
    public static IEnumerable<string> Texts =>
    [
        .. Questions.Select(question => $"{question.Prompt} {Neutral.Say(question.Fact)}"),
        .. Questions.Select((question, index) => index % 2 == 0 ? Note(question) : Letter(question)),
        .. Isles.Facts.SelectMany(Tales),
    ];

    /// <summary>Every question about every fact.</summary>
    public static IReadOnlyList<Question> Questions { get; } = [.. Isles.Facts.SelectMany(fact => fact.Questions)];

    private static string Note(Question question) => $"Q: {question.Text}\nIn short: {question.Fact.Value}.";

    private static string Letter(Question question) =>
        $"Q: {question.Text}\nLetter: You ask about {question.Fact.Reference}. I have heard of {question.Fact.Value}, and that is {question.Fact.Subject}.";

    /// <summary>A fact told without being asked for, in several orders of value, subject and member.</summary>
    private static IEnumerable<string> Tales(Fact fact) =>
    [
        $"Everyone knows that {fact.Subject} is {fact.Value}.",
        $"It is {fact.Value} that they call {fact.Subject}.",
        $"Ask about {fact.Reference} and they say {fact.Value}, for that is {fact.Subject}.",
        $"We read of {fact.Subject}, and it was {fact.Value}, nothing else.",
        $"Don't forget: {fact.Value}! That's {fact.Subject}.",
    ];
}
