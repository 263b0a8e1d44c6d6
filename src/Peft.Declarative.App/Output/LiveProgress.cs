using Peft.Declarative.Training;
using Spectre.Console;

namespace Peft.Declarative.App.Output;

/// <summary>Shows the progress of a run: a progress bar on a terminal, and otherwise a line at intervals.</summary>
public static class LiveProgress
{
    private const int Lines = 20;

    /// <summary>Runs a training and shows its progress.</summary>
    /// <param name="console">The console.</param>
    /// <param name="train">Runs the training and reports to its argument.</param>
    public static TrainingResult Show(IAnsiConsole console, Func<IProgress<TrainingProgress>, TrainingResult> train)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(train);
        return console.Profile.Capabilities.Interactive ? ShowBar(console, train) : train(new Receiver(report => WriteLine(console, report)));
    }

    private static TrainingResult ShowBar(IAnsiConsole console, Func<IProgress<TrainingProgress>, TrainingResult> train) =>
        console.Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                ProgressTask task = context.AddTask("training");
                return train(new Receiver(report =>
                {
                    task.MaxValue = report.TotalSteps;
                    task.Value = report.Step;
                    task.Description = ProgressLine.Of(report);
                }));
            });

    private static void WriteLine(IAnsiConsole console, TrainingProgress report)
    {
        long every = Math.Max(1, report.TotalSteps / Lines);
        if (report.Step % every == 0 || report.Step == report.TotalSteps || report.EvaluationLoss is not null)
        {
            console.Profile.Out.Writer.WriteLine(ProgressLine.Of(report));
        }
    }

    // Progress<T> would post the reports to another thread, which can change their order.
    private sealed class Receiver(Action<TrainingProgress> receive) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => receive(value);
    }
}
