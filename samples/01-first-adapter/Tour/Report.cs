using System.Globalization;
using FirstAdapter.World;
using FirstAdapter.World.Voices;
using Peft.Declarative.App.Output;
using Peft.Declarative.Checkpoints;
using Spectre.Console;

namespace FirstAdapter.Tours;

/// <summary>What the tour shows.</summary>
/// <param name="voice">Whose voice is taught.</param>
internal sealed class Report(Voice voice)
{
    private const int AnswersShown = 6;
    private const int FileWidth = 160;
    private const string Sample = "samples/01-first-adapter";

    /// <summary>Shows what is trained, and on what.</summary>
    internal void Trainable(Persona model)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = FileWidth;   // a file has no width; commands are to stay on one line
        }

        Heading($"Teaching the {voice.Name} on {Curriculum.Taught.Count} answers");
        AnsiConsole.Write(TrainableTable.Of(model, AnsiConsole.Profile.Width));
        AnsiConsole.WriteLine(TrainableTable.Totals(model));
        AnsiConsole.WriteLine();
    }

    /// <summary>Shows some answers of the base and of the persona.</summary>
    internal void Answers(Exam before, Exam after)
    {
        Heading("Questions about what is in none of these answers");
        int stride = after.Answers.Count / AnswersShown;
        for (int i = stride / 2; i < after.Answers.Count; i += stride)
        {
            (Question question, string taught, Mark mark) = after.Answers[i];
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{question.Text}[/]");
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  [grey]base     [/] {before.Answers[i].Answer}");
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"  [grey]{voice.Name,-9}[/] {taught} {(mark.Full ? "✓" : "✗")}");
        }
    }

    /// <summary>Shows the marks.</summary>
    internal void Shares(Exam before, Exam after)
    {
        Heading($"{after.Answers.Count} unseen questions, judged");
        AnsiConsole.Write(new Table().RoundedBorder()
            .AddColumns("", "content right", $"the {voice.Name}'s voice", "both right")
            .AddRow("base", Percent(before.Content), Percent(before.InVoice), Percent(before.Full))
            .AddRow("with the adapter", Percent(after.Content), Percent(after.InVoice), $"[bold]{Percent(after.Full)}[/]"));
    }

    /// <summary>Shows what was written, and how large it is.</summary>
    internal static void Files(string baseWeights, string directory, string plot)
    {
        long model = new FileInfo(baseWeights).Length;
        long adapter = new FileInfo(Path.Combine(directory, AdapterDirectory.WeightsName)).Length;
        AnsiConsole.WriteLine($"adapter   {directory}: {KiB(adapter)}, {Percent((double)adapter / model)} of the model's {KiB(model)}");
        AnsiConsole.WriteLine($"plot      {plot}");
    }

    /// <summary>Shows what to try next.</summary>
    internal void Next(string directory, TimeSpan elapsed)
    {
        Heading(FormattableString.Invariant($"Done in {elapsed.TotalSeconds:F0} s. Next"));
        string run = $"dotnet run -c Release --project {Sample} --";
        string model = $"--model {Sample}/base";
        (string What, string Command)[] commands =
        [
            ("another persona", $"{run} {Voice.Personas.First(persona => persona != voice).Name}"),
            ("talk to it", $"{run} chat {model} --adapter {directory}"),
            ("measure it", $"{run} eval {model} --adapter {directory} --data {Sample}/data/{voice.Name}.unseen.jsonl"),
            ("fold it in", $"{run} merge {model} --adapter {directory} --output artifacts/{voice.Name}-merged"),
            ("your own", $"{run} train --model DIR --data FILE.jsonl --output artifacts/mine"),
        ];
        foreach ((string what, string command) in commands)
        {
            Console.WriteLine($"{what,-16} {command}");   // past Spectre, which would break a command at the window's edge
        }
    }

    private static void Heading(string text)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.Write(new Rule($"[bold]{text.EscapeMarkup()}[/]").LeftJustified());
    }

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private static string KiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:N0} KiB");
}
