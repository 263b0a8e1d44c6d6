using System.Diagnostics;
using FirstAdapter.World;
using FirstAdapter.World.Voices;
using Peft.Declarative;
using Peft.Declarative.App.Output;
using Spectre.Console;

namespace FirstAdapter.Tours;

/// <summary>Fine-tunes one persona and shows what happens.</summary>
/// <param name="voice">Whose voice is taught.</param>
internal sealed class Tour(Voice voice)
{
    private static readonly string Base = Path.Combine(AppContext.BaseDirectory, "base");
    private static readonly string Data = Path.Combine(AppContext.BaseDirectory, "data");

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
        Tokenizer tokenizer = Tokenizer.Load(Base);
        using Persona model = Persona.FromPretrained(Base);
        var generator = new TextGenerator(model, tokenizer);
        var report = new Report(voice);

        report.Trainable(model);
        Exam before = Exam.Take(generator, voice, Curriculum.Unseen);   // an untrained adapter changes nothing: this is the base

        TrainingData data = TrainingData.FromFile(Path.Combine(Data, $"{voice.Name}.jsonl"), model, tokenizer, Persona.Plan.MaxLength);
        TrainingResult result = LiveProgress.Show(AnsiConsole.Console, progress => model.Train(data, progress));
        model.SaveAdapter(_output);
        string plot = Path.Combine(_output, "loss.png");
        LossPlot.Save(result, plot, $"LoRA on the {voice.Name}'s answers");

        Exam after = Exam.Take(generator, voice, Curriculum.Unseen);
        report.Answers(before, after);
        report.Shares(before, after);
        Report.Files(Path.Combine(Base, "model.safetensors"), _output, plot);
        report.Next(_output, watch.Elapsed);
    }
}
