using System.Globalization;

namespace Peft.Declarative.Text.Errors;

/// <summary>The errors that training reports.</summary>
internal static class TrainingErrors
{
    internal static PeftException NotFinite(long step, double loss, double norm, string? directory) => new(RuleIds.LossNotFinite,
        $"Step {step} has the loss {Shown(loss)} and the gradient norm {Shown(norm)}, with which training cannot go on. "
        + (directory is null
            ? "The model keeps the adapter from before that step. "
            : $"The adapter from before that step is kept, in the model and in '{directory}'. ")
        + "Lower LearningRate, set MaxGradientNorm or add Warmup; if it is the first step, look for NaN in the base model's weights.");

    internal static PeftException NoGradient(IReadOnlyList<string> names) => new(RuleIds.NoGradient,
        $"After the first backward pass {Count(names.Count, "trainable parameter has", "trainable parameters have")} no gradient, so training "
        + $"would never change them: {ProblemList.Of([.. names.Select(name => $"'{name}'")])}. They are not used in the model's forward pass: adapt layers that are, "
        + "or activate the adapter they belong to.");

    internal static PeftException NothingToTrain() => new(RuleIds.NoGradient,
        "The model has no trainable parameter, so training would change nothing. Put an adapter on it before Train, and make it active, or name the adapter of each row.");

    internal static PeftException NoLabels(IReadOnlyList<string> rows) => new(RuleIds.NoLabels,
        $"{Count(rows.Count, "row has", "rows have")} no label that enters the loss (all are -100, or on the first token, which nothing predicts): {ProblemList.Of(rows)}. "
        + "Remove them, or raise MaxLength if the label was cut off.");

    internal static PeftException PlanUnusable(IReadOnlyList<string> problems) => new(RuleIds.PlanUnusable,
        $"The training plan cannot be followed: {ProblemList.Of(problems)}.");

    internal static PeftException CannotPack(string model, string obstacle) => new(RuleIds.CannotPack, RuleTexts.CannotPack(model, obstacle));

    internal static PeftException StateDoesNotFit(string what, IReadOnlyList<string> problems) => new(RuleIds.StateDoesNotFit,
        $"Cannot resume, because {what} belongs to another run: {ProblemList.Of(problems)}. Resume with the plan, data and model that the run was started "
        + "with, or start anew in another OutputDirectory.");

    internal static PeftException RunExists(string directory) => new(RuleIds.RunExists,
        $"'{directory}' already contains a run or an adapter, which would be replaced. Go on with it by Resume (--resume), replace it by Overwrite (--overwrite), "
        + "or choose another OutputDirectory.");

    internal static PeftException RunInUse(string directory) => new(RuleIds.RunInUse,
        $"Another run writes to '{directory}' now, and the two would replace each other's files. Wait until it has ended, or choose another OutputDirectory.");

    internal static PeftException ProcessesDiffer(IReadOnlyList<int> ranks) => new(RuleIds.ProcessesDiffer,
        $"{(ranks.Count == 1 ? "Process" : "Processes")} {string.Join(", ", ranks)} of this run and process 0 have not the same plan, rows and trainable parameters. "
        + "Start all processes with the same command, on the same files.");

    internal static PeftException NothingToResume(string directory) => new(RuleIds.RunExists,
        $"'{directory}' contains an adapter, but no state from which its run could go on. Load the adapter and train into another OutputDirectory, or replace it by "
        + "Overwrite (--overwrite).");

    private static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{RuleTexts.Count(count)} {many}";

    private static string Shown(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
