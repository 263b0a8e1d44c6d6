using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Training;

/// <summary>Finds signs that a run did not learn what it should.</summary>
/// <param name="plan">The plan of the run.</param>
internal sealed class RunWarnings(TrainingPlan plan)
{
    // Answers of a few words after long prompts are common. If fewer tokens count than this, prompts are rarely meant to be so long.
    private const double FewLabels = 0.05;

    // A loss over fewer steps says nothing.
    private const int StepsToJudge = 3;

    private static readonly Action<ILogger, string, Exception?> Warning =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(0, "Training"), "{Warning}");

    private readonly List<string> _all = [];

    internal IReadOnlyList<string> All => _all;

    internal void AboutPlan(long totalSteps)
    {
        if (plan.CustomSchedule is null && 2L * plan.WarmupSteps > totalSteps)
        {
            string effect = plan.WarmupSteps >= totalSteps ? "never reaches its value" : "is below its value for more than half of the run";
            Add(RuleIds.WarmupTooLong, $"The learning rate rises for the first {Text(plan.WarmupSteps)} steps of a run of {Text(totalSteps)}, so it {effect}. "
                + $"Train longer (Epochs, --epochs), or set Warmup to {Text(Math.Max(0, totalSteps / 10))} or less.");
        }
    }

    /// <param name="ofData">What was noticed when the data was read.</param>
    /// <param name="rows">The rows to train on.</param>
    /// <param name="learnsText">Whether the labels are tokens.</param>
    internal void AboutData(IReadOnlyList<string> ofData, RowSet rows, bool learnsText)
    {
        foreach (string warning in ofData)
        {
            Add(warning);
        }

        int cut = Enumerable.Range(0, rows.Count).Count(i => rows.UncutLength(i) > Math.Min(rows.Length(i), plan.MaxLength));
        if (2L * cut > rows.Count)
        {
            Add(RuleIds.RowsCut, $"{Text(cut)} of {Text(rows.Count)} rows are longer than MaxLength ({Text(plan.MaxLength)} tokens) and are truncated, so that they lose the token that "
                + "ends a text. Raise MaxLength, or split the rows.");
        }

        long tokens = Enumerable.Range(0, rows.Count).Sum(i => (long)rows.Length(i));
        if (learnsText && rows.LabelCount < FewLabels * tokens)
        {
            Add(RuleIds.LabelsIgnored, $"Only {Text(rows.LabelCount)} of {Text(tokens)} tokens enter the loss; the others are prompts, or have labels of {TrainingRow.Ignored}. "
                + "If this is not intended, look at a row with 'info --data', or give the rows as 'text'.");
        }
    }

    /// <param name="losses">The losses of all steps.</param>
    /// <param name="steps">The number of steps in this process.</param>
    /// <param name="start">The parameters before these steps.</param>
    internal void AboutResult(IReadOnlyList<double> losses, long steps, ParameterMarks? start)
    {
        if (steps >= StepsToJudge && losses.Max() - losses.Min() <= 1e-7 * Math.Abs(losses[0]))
        {
            Add(RuleIds.LossConstant, $"The loss was {losses[0].ToString("G6", CultureInfo.InvariantCulture)} in every one of {Text(losses.Count)} steps, so nothing was learned. "
                + "Look at the rows and their labels, and at the learning rate.");
        }

        string[] unchanged = steps == 0 || start is null ? [] : [.. start.Unchanged()];
        if (unchanged.Length > 0 && (steps >= StepsToJudge || unchanged.Length == start!.Count))
        {
            string which = unchanged.Length == start!.Count ? "No tensor of the adapter" : $"{Text(unchanged.Length)} of {Text(start.Count)} tensors of the adapter ({RuleTexts.Names(unchanged)})";
            Add(RuleIds.AdapterUnchanged, unchanged.Length == start.Count
                ? $"{which} has changed in {Text(steps)} steps, so the model is what it was. Raise the learning rate or shorten Warmup, and look at the loss."
                : $"{which} did not change in {Text(steps)} steps. Adapt layers that take part in the forward pass, or raise the learning rate.");
        }
    }

    private void Add(string id, string text) => Add($"{id}: {text}");

    private void Add(string warning)
    {
        _all.Add(warning);
        Trace.TraceWarning(warning);
        if (plan.Logger is { } logger)
        {
            Warning(logger, warning, null);
        }
    }

    private static string Text(long number) => RuleTexts.Count(number);
}
