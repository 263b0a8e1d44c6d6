using FirstAdapter.World;
using FirstAdapter.World.Voices;
using Peft.Declarative;

namespace FirstAdapter.Tours;

/// <summary>Answers to questions, judged.</summary>
/// <param name="Answers">One answer per question.</param>
internal sealed record Exam(IReadOnlyList<(Question Question, string Answer, Mark Mark)> Answers)
{
    private const int BatchSize = 64;

    // Longer than any right answer: an adapter that does not stop talking is to be seen.
    private static readonly GenerationOptions Greedy = new() { MaxNewTokens = 64 };

    /// <summary>Share of answers with the right content, from 0 to 1.</summary>
    internal double Content => Share(mark => mark.Content);

    /// <summary>Share of answers in the persona's voice.</summary>
    internal double InVoice => Share(mark => mark.Voice);

    /// <summary>Share of answers that are right in both.</summary>
    internal double Full => Share(mark => mark.Full);

    /// <summary>Asks and judges; decoding is greedy, so that the same model always gets the same marks.</summary>
    internal static Exam Take(TextGenerator generator, Voice voice, IReadOnlyList<Question> questions)
    {
        IEnumerable<string> answers = questions.Chunk(BatchSize)
            .SelectMany(batch => generator.Complete([.. batch.Select(question => question.Prompt)], Greedy));
        return new Exam([.. questions.Zip(answers, (question, answer) => Judge(question, answer.Trim()))]);

        (Question, string, Mark) Judge(Question question, string answer) => (question, answer, Mark.Of(question.Fact, voice, answer));
    }

    private double Share(Func<Mark, bool> wanted) => (double)Answers.Count(entry => wanted(entry.Mark)) / Answers.Count;
}
