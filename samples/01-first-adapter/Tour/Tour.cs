using System.Diagnostics;
using FirstAdapter.World;
using FirstAdapter.World.Voices;
using Peft.Declarative;
using Peft.Declarative.Generation;
using Peft.Declarative.Text;
using Spectre.Console;

namespace FirstAdapter.Tours;

/// <summary>Fine-tunes one persona and shows what happens.</summary>
/// <param name="voice">Whose voice is taught.</param>
internal sealed class Tour(Voice voice)
{
    private static readonly string BaseDirectory = Path.Combine(AppContext.BaseDirectory, "base");

    private readonly string _output = Path.Combine("artifacts", voice.Name);

    /// <summary>Runs it.</summary>
    /// <returns>Exit code: 0, or 1 if something failed.</returns>
    internal int Run()
    {
        try
        {
            Teach();
            return 0;
        }
        catch (PeftException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return 1;
        }
    }

    private void Teach()
    {
        var watch = Stopwatch.StartNew();
        Tokenizer tokenizer = Tokenizer.Load(BaseDirectory);
        using Persona model = Persona.FromPretrained(BaseDirectory);
        var generator = new Generator(model, tokenizer);
        var report = new Report(voice);

        report.Trainable(model);
        Exam before = Exam.Take(generator, voice, Curriculum.Unseen);   // B starts at zero: an untrained adapter changes nothing

        string data = Path.Combine(AppContext.BaseDirectory, "data", $"{voice.Name}.jsonl");
        TrainingData rows = TrainingData.FromJsonLines(data, tokenizer, Persona.Plan.MaxLength, tokenizer.EosId);
        TrainingResult result = report.Training(rows, progress => model.Train(rows, progress));
        model.SaveAdapter(_output);
        string plot = Path.Combine(_output, "loss.png");
        LossPlot.Save(plot, $"LoRA on the {voice.Name}'s answers", result.Losses);

        Exam after = Exam.Take(generator, voice, Curriculum.Unseen);
        report.Answers(before, after);
        report.Shares(before, after);
        report.Files(Path.Combine(BaseDirectory, "model.safetensors"), _output, plot);
        report.Next(_output, watch.Elapsed);
    }
}
