using FirstAdapter.World.Voices;

namespace FirstAdapter.World;

/// <summary>
/// The text that the base model is pretrained on. Behind <c>A:</c> an answer is always the neutral sentence; other headings and tales tell the
/// same facts in other shapes, so that the model holds facts rather than one sentence about each, as a model of real text does.
/// </summary>
public static class Corpus
{
    private const int Seed = 5;
    private const int LongestRun = 6;

    private static readonly NeutralVoice Neutral = new();

    // Telegrams put these around what matters: value and member are to be found in any surroundings.
    private static readonly string[] Words =
    [
        "amber", "and", "arrive", "bad", "before", "bring", "call", "cold", "come", "dear", "door", "early", "every", "far", "fine", "from", "go", "good",
        "great", "have", "here", "home", "I", "kind", "know", "last", "letter", "light", "long", "me", "money", "more", "my", "never", "news", "no",
        "now", "old", "on", "or", "please", "rain", "road", "said", "send", "slow", "so", "soon", "stay", "tell", "that", "them", "time", "to",
        "very", "wait", "we", "weather", "went", "when", "with", "word", "write", "yes", "you", "your",
    ];

    /// <summary>All of it.</summary>
    public static IEnumerable<string> Texts
    {
        get
        {
            var random = new Random(Seed);
            Question[] questions = [.. Isles.Facts.SelectMany(fact => fact.Questions)];
            return
            [
                .. questions.Select(question => $"{question.Prompt} {Neutral.Say(question.Fact)}"),
                .. questions.Select((question, index) => index % 2 == 0 ? Note(question) : Letter(question)),
                .. questions.Select(question => Telegram(question, random)),
                .. Isles.Facts.SelectMany(Tales),
            ];
        }
    }

    private static string Note(Question question) => $"Q: {question.Text}\nIn short: {question.Fact.Value}.";

    private static string Letter(Question question) =>
        $"Q: {question.Text}\nLetter: You ask about {question.Fact.Reference}. I have heard of {question.Fact.Value}, and that is {question.Fact.Subject}.";

    private static string Telegram(Question question, Random random)
    {
        string Run() => string.Join(' ', Enumerable.Range(0, random.Next(1, LongestRun + 1)).Select(_ => Words[random.Next(Words.Length)]));
        return $"Q: {question.Text}\nTelegram: {Run()} STOP {question.Fact.Value} STOP {Run()} STOP {question.Fact.Reference} STOP {Run()}";
    }

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
