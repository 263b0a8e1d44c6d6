using System.Diagnostics;
using System.Globalization;
using FirstAdapter.World;
using FirstAdapter.World.Voices;
using ManyPersonas.Voices;
using Peft.Declarative;
using Peft.Declarative.App.Output;
using Spectre.Console;

namespace ManyPersonas;

/// <summary>Trains all personas in one run, whose batches mix their rows, and examines them in batches that mix them too.</summary>
internal static class School
{
    // Every question in one of its wordings; the rest would only repeat the facts.
    private const int Wordings = 2;

    private const int Questions = 24;

    /// <summary>Trains, prints what the personas can do, and saves each to its own directory.</summary>
    internal static void Run(string baseDirectory, string folder)
    {
        var watch = Stopwatch.StartNew();
        Tokenizer tokenizer = Tokenizer.Load(baseDirectory);
        using Personas model = Personas.FromPretrained(baseDirectory);
        model.Adapters.Activate([.. MoreVoices.All.Select(voice => voice.Name)]);
        TrainingData data = TrainingData.FromRows(Rows(tokenizer));
        LiveProgress.Show(AnsiConsole.Console, progress => model.Train(data, progress));
        Save(model, folder);
        Examine(model, tokenizer);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Twelve personas in {watch.Elapsed.TotalSeconds:F0} s, in {folder}."));
    }

    // The folder is there with all personas or not at all, so that an interrupt leaves nothing that looks like trained personas.
    internal static void Save(Personas model, string folder)
    {
        string unfinished = folder + ".unfinished";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        foreach (Voice voice in MoreVoices.All)
        {
            model.Adapters[voice.Name].Save(Path.Combine(unfinished, voice.Name));
        }

        Directory.Move(unfinished, folder);
    }

    /// <summary>The answers of all personas to what is taught, as rows of their adapters.</summary>
    internal static List<TrainingRow> Rows(Tokenizer tokenizer)
    {
        int start = tokenizer.BosId!.Value, end = tokenizer.EosId!.Value;
        return
        [
            .. from voice in MoreVoices.All
               from entry in Curriculum.Taught.Select((question, index) => (question, index))
               where entry.index % Wordings == 0
               select TrainingRow.OfCompletion(
                   [start, .. tokenizer.Encode(entry.question.Prompt, addSpecialTokens: false)],
                   [.. tokenizer.Encode(" " + voice.Say(entry.question.Fact), addSpecialTokens: false), end])
                   with { Adapter = voice.Name },
        ];
    }

    // One batch per persona would do, but a batch of all is what the server computes.
    private static void Examine(Personas model, Tokenizer tokenizer)
    {
        var generator = new TextGenerator(model, tokenizer);
        Question[] questions = [.. Curriculum.Unseen.Where((_, index) => index % (Curriculum.Unseen.Count / Questions) == 0).Take(Questions)];
        var right = new Dictionary<string, int>(StringComparer.Ordinal);
        string example = "";
        foreach (Question question in questions)
        {
            IReadOnlyList<string> answers = generator.Complete(
                [.. MoreVoices.All.Select(_ => question.Prompt)], [.. MoreVoices.All.Select(voice => voice.Name)], new GenerationOptions { MaxNewTokens = 64 });
            example = question.Text + "\n" + string.Join("\n", MoreVoices.All.Zip(answers, (voice, answer) => $"  {voice.Name,-10} {answer.Trim()}"));
            foreach ((Voice voice, string answer) in MoreVoices.All.Zip(answers))
            {
                right[voice.Name] = right.GetValueOrDefault(voice.Name) + (Mark.Of(question.Fact, voice, answer.Trim()).Full ? 1 : 0);
            }
        }

        Console.WriteLine(example);
        Console.WriteLine($"Right in fact and voice, of {questions.Length} unseen questions: {string.Join(", ", right.Select(entry => $"{entry.Key} {entry.Value}"))}");
    }
}
