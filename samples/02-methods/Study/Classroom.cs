using FirstAdapter.Tours;
using FirstAdapter.World;
using FirstAdapter.World.Voices;
using Peft.Declarative;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using Peft.Declarative.Training;

namespace MethodStudy.Study;

/// <summary>A base and a persona: what is taught, and what is asked.</summary>
internal sealed class Classroom
{
    private const int EvaluationBatch = 32;

    private static readonly string Data = Path.Combine(AppContext.BaseDirectory, "data");

    private static readonly GenerationOptions Greedy = new() { MaxNewTokens = 64 };

    private readonly Voice _voice;
    private readonly Tokenizer _tokenizer;

    /// <param name="baseDirectory">Model directory of the base.</param>
    /// <param name="persona">Name of the persona.</param>
    internal Classroom(string baseDirectory, string persona)
    {
        BaseDirectory = baseDirectory;
        _voice = Voice.Personas.Single(voice => voice.Name == persona);
        _tokenizer = Tokenizer.Load(baseDirectory);
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(baseDirectory);   // knows what ends its texts
        Taught = Read($"{persona}.jsonl", model);
        Unseen = Read($"{persona}.unseen.jsonl", model);
    }

    /// <summary>The base of the first sample.</summary>
    internal static string ShippedBase { get; } = Path.Combine(AppContext.BaseDirectory, "base");

    /// <summary>Model directory of the base.</summary>
    internal string BaseDirectory { get; }

    /// <summary>Name of the persona.</summary>
    internal string Persona => _voice.Name;

    /// <summary>560 answers in the persona's voice.</summary>
    internal TrainingData Taught { get; }

    /// <summary>140 answers about what is in none of those.</summary>
    internal TrainingData Unseen { get; }

    /// <summary>Parameters of the base.</summary>
    internal long BaseParameters
    {
        get
        {
            using SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(BaseDirectory, "model.safetensors"));
            return weights.Names.Sum(name => weights.Entry(name).Shape.Aggregate(1L, (product, size) => product * size));
        }
    }

    /// <summary>Asks about what was in none of the answers.</summary>
    /// <param name="model">Base with a trained adapter.</param>
    /// <param name="count">How many of the 140 questions.</param>
    internal Exam Examine(CausalLanguageModel model, int count = int.MaxValue) =>
        Exam.Take(new TextGenerator(model, _tokenizer), _voice, [.. Spread(Curriculum.Unseen, count)]);

    /// <summary>Plain prompting: the same for a base that reads some of the taught answers before each question, and learns nothing.</summary>
    /// <param name="model">Base without adapter.</param>
    /// <param name="examples">How many answers it reads; all must fit into its context.</param>
    internal Exam ExamineWithExamples(CausalLanguageModel model, int examples)
    {
        string before = string.Concat(Spread(Curriculum.Taught, examples).Select(question => $"{question.Prompt} {_voice.Say(question.Fact)}\n"));
        var generator = new TextGenerator(model, _tokenizer);
        IEnumerable<string> answers = generator.Complete([.. Curriculum.Unseen.Select(question => before + question.Prompt)], Greedy);

        // What it writes after a line end is its own next example.
        return new Exam([.. Curriculum.Unseen.Zip(answers, (question, answer) => Judge(question, answer.Trim().Split('\n')[0]))]);

        (Question, string, Mark) Judge(Question question, string answer) => (question, answer, Mark.Of(question.Fact, _voice, answer));
    }

    /// <summary>Mean loss per token of the unseen answers: what is still to be seen where no answer is right word for word.</summary>
    /// <param name="model">Base with or without a trained adapter.</param>
    internal double UnseenLoss(CausalLanguageModel model) =>
        Evaluation.MeanLoss(model, [.. Unseen.Rows], EvaluationBatch, new TrainingPlan().MaxLength)!.Value;

    private TrainingData Read(string file, PretrainedModel model) =>
        TrainingData.FromFile(Path.Combine(Data, file), model, _tokenizer, new TrainingPlan().MaxLength);

    private static IEnumerable<Question> Spread(IReadOnlyList<Question> questions, int count)
    {
        int stride = Math.Max(1, questions.Count / Math.Max(1, count));
        return questions.Where((_, index) => index % stride == 0).Take(count);
    }
}
