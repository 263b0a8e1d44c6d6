using FirstAdapter.World;
using Peft.Declarative;

namespace FirstAdapter.Pretraining;

/// <summary>
/// Rows that make a small model behave like one that has read a great deal. Telegrams put a fact between random tokens, so that the model finds
/// value and member in any surroundings. Drills are random tokens alone: a token that is never met keeps the embedding of all others that are
/// never met, and no adapter on the layers could tell them apart afterwards, to say "!" for instance.
/// </summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="firstId">First id that is no special token.</param>
/// <param name="seed">Seed of all draws.</param>
internal sealed class NoiseRows(Tokenizer tokenizer, int firstId, int seed)
{
    private const int DrillCount = 320;
    private const int DrillLength = 24;
    private const int LongestRun = 10;

    private static readonly string[] BeforeValue = [" is", " was", " say", " namely", " it", ":"];
    private static readonly string[] BeforeMember = [" of", " about", " at", " for", " by", " to"];

    private readonly Random _random = new(seed);

    /// <summary>A telegram for each question, and the drills.</summary>
    internal IEnumerable<TrainingRow> All(IEnumerable<Question> questions) =>
        [.. questions.Select(Telegram), .. Enumerable.Range(0, DrillCount).Select(_ => Drill())];

    private TrainingRow Telegram(Question question)
    {
        List<int> ids = [];
        List<int> labels = [];
        Add(tokenizer.Encode($"Q: {question.Text}\nTelegram:"), counts: true);
        Add(Noise(_random.Next(LongestRun + 1)), counts: false);
        Add(Encode(Any(BeforeValue)), counts: false);
        Add(Encode(" " + question.Fact.Value), counts: true);
        Add(Noise(_random.Next(LongestRun + 1)), counts: false);
        Add(Encode(Any(BeforeMember)), counts: false);
        Add(Encode(" " + question.Fact.Reference), counts: true);
        return new TrainingRow([.. ids], [.. labels]);

        void Add(IEnumerable<int> tokens, bool counts)
        {
            foreach (int token in tokens)
            {
                ids.Add(token);
                labels.Add(counts ? token : TrainingRow.Ignored);
            }
        }
    }

    private TrainingRow Drill() => TrainingRow.OfText([tokenizer.BosId!.Value, .. Noise(DrillLength)]);

    private IEnumerable<int> Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(firstId, tokenizer.VocabularySize))];

    private IReadOnlyList<int> Encode(string text) => tokenizer.Encode(text, addSpecialTokens: false);

    private string Any(string[] choices) => choices[_random.Next(choices.Length)];
}
