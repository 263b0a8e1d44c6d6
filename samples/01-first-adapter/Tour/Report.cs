using FirstAdapter.World;
using FirstAdapter.World.Voices;
using Peft.Declarative;
using Peft.Declarative.Checkpoints;
using Spectre.Console;

namespace FirstAdapter.Tours;

/// <summary>What the tour shows.</summary>
/// <param name="voice">Whose voice is taught.</param>
internal sealed class Report(Voice voice)
{
    private const int AnswersShown = 6;
    private const string Sample = "samples/01-first-adapter";

    /// <summary>Shows what is trained of the model, by kind of layer.</summary>
    internal void Trainable(Persona model)
    {
        Heading($"Teaching the {voice.Name}");
        Table table = new Table().RoundedBorder().AddColumns("layer", "adapted in", "A", "B");
        table.AddColumn(new TableColumn("trainable").RightAligned());
        foreach (IGrouping<string, (string Path, AdapterTensor Tensor)> kind in model.Lora.Tensors
            .Select(tensor => (Path: tensor.Key.Split('.'), Tensor: tensor))
            .GroupBy(entry => entry.Path[^3], entry => (string.Join('.', entry.Path[..^2]), entry.Tensor)))
        {
            AdapterTensor a = kind.First(entry => entry.Tensor.Key.Contains("lora_A", StringComparison.Ordinal)).Tensor;
            AdapterTensor b = kind.First(entry => entry.Tensor.Key.Contains("lora_B", StringComparison.Ordinal)).Tensor;
            table.AddRow(
                kind.Key,
                $"{kind.Select(entry => entry.Path).Distinct().Count()} blocks",
                Shape(a),
                Shape(b),
                $"{kind.Sum(entry => entry.Tensor.Value.numel()):N0}");
        }

        AnsiConsole.Write(table);
        long all = model.parameters().Sum(parameter => parameter.numel());
        AnsiConsole.MarkupLineInterpolated(
            $"[bold]{model.Lora.ParameterCount:N0}[/] weights are trained, {all - model.Lora.ParameterCount:N0} of the base stay as they are.");
    }

    /// <summary>Runs the training and shows how it goes.</summary>
    internal TrainingResult Training(TrainingData data, Func<IProgress<TrainingProgress>, TrainingResult> train)
    {
        AnsiConsole.MarkupLineInterpolated(
            $"{data.Rows.Count} taught answers, {Persona.Plan.Epochs} epochs. The questions below are about towns, creatures and people that are in none of them.");
        TrainingResult result = AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("training");
                return train(new LiveProgress(task));
            });
        AnsiConsole.MarkupLineInterpolated(
            $"{result.Steps} steps in {result.Seconds:F0} s, {result.Tokens / result.Seconds:N0} tokens/s, loss {result.Losses[0]:F2} → {result.Losses[^1]:F3}");
        return result;
    }

    /// <summary>Shows some answers of the base and of the persona.</summary>
    internal void Answers(Exam before, Exam after)
    {
        Heading("Unseen questions");
        int stride = before.Answers.Count / AnswersShown;
        foreach (((Question question, string plain, _), (_, string taught, Mark mark)) in before.Answers.Zip(after.Answers).Where((_, i) => i % stride == stride / 2))
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{question.Text}[/]");
            AnsiConsole.MarkupLineInterpolated($"  [grey]base[/]     {plain}");
            AnsiConsole.MarkupLineInterpolated($"  [grey]{voice.Name,-8}[/] {taught} [{(mark.Full ? "green" : "red")}]{(mark.Full ? "✓" : "✗")}[/]");
        }
    }

    /// <summary>Shows the marks.</summary>
    internal void Shares(Exam before, Exam after)
    {
        Heading($"{after.Answers.Count} unseen questions, judged");
        AnsiConsole.Write(new Table().RoundedBorder()
            .AddColumns("", "content right", $"the {voice.Name}'s voice", "both")
            .AddRow("base", $"{before.Content:P1}", $"{before.InVoice:P1}", $"{before.Full:P1}")
            .AddRow("with LoRA", $"{after.Content:P1}", $"{after.InVoice:P1}", $"[bold]{after.Full:P1}[/]"));
    }

    /// <summary>Shows what was written, and how large it is.</summary>
    internal void Files(string baseWeights, string directory, string plot)
    {
        long whole = new FileInfo(baseWeights).Length;
        long adapter = new FileInfo(Path.Combine(directory, AdapterDirectory.WeightsName)).Length;
        AnsiConsole.MarkupLineInterpolated($"adapter  {directory}, {adapter / 1024.0:N0} KiB: {(double)adapter / whole:P1} of the model's {whole / 1024.0:N0} KiB");
        AnsiConsole.MarkupLineInterpolated($"plot     {plot}");
    }

    /// <summary>Shows what to try next.</summary>
    internal void Next(string directory, TimeSpan elapsed)
    {
        Heading($"Done in {elapsed.TotalSeconds:F0} s. Next");
        string model = $"--model {Sample}/base";
        string run = $"dotnet run -c Release --project {Sample} --";
        string other = Voice.Personas.First(persona => persona != voice).Name;
        (string What, string Command)[] commands =
        [
            ("another persona", $"{run} {other}"),
            ("talk to it", $"{run} chat {model} --adapter {directory}"),
            ("ask once", $"{run} generate {model} --adapter {directory} --prompt \"{Curriculum.Unseen[0].Prompt.ReplaceLineEndings("\\n")}\""),
            ("fold it in", $"{run} merge {model} --adapter {directory} --output artifacts/{voice.Name}-merged"),
            ("your own data", $"{run} train {model} --data my.jsonl --output artifacts/mine"),
        ];
        foreach ((string what, string command) in commands)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{what,-16}[/] {command}");
        }
    }

    private static string Shape(AdapterTensor tensor) => $"[[{string.Join(", ", tensor.Value.shape)}]]";

    private static void Heading(string text)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.Write(new Rule($"[bold]{text.EscapeMarkup()}[/]").LeftJustified());
    }
}
