namespace Peft.Declarative.Training;

/// <summary>The errors of training, in one place so that their words stay alike.</summary>
internal static class TrainingErrors
{
    private const int Shown = 5;

    internal static PeftException NotFinite(long step, double loss, string kept) => new("PEFT402",
        $"The loss of step {step} is {loss}, or its gradient is not finite. {kept} "
        + "Lower LearningRate, set MaxGradientNorm, or add Warmup; if the first step fails already, look for NaN in the base model's weights.");

    internal static PeftException NoGradient(IReadOnlyList<string> names) => new("PEFT403",
        $"After the first backward pass {Count(names.Count, "trainable parameter has", "trainable parameters have")} no gradient, so training "
        + $"would never change them: {List(names.Select(name => $"'{name}'"))}. They are not used in the model's forward pass: adapt layers that are, "
        + "or activate the adapter they belong to.");

    internal static PeftException NothingToTrain() => new("PEFT403",
        "The model has no trainable parameter, so training would change nothing. Put an adapter on it before Train, and make it active.");

    internal static PeftException NoLabels(IReadOnlyList<string> rows) => new("PEFT404",
        $"{Count(rows.Count, "row has", "rows have")} no label that enters the loss (all are -100 or the first token): {List(rows)}. "
        + "Remove them, or raise MaxLength if the label was cut off.");

    internal static PeftException PlanOutOfRange(IReadOnlyList<string> problems) => new("PEFT406",
        $"The training plan cannot be followed: {List(problems)}.");

    internal static PeftException StateDoesNotFit(string what, IReadOnlyList<string> problems) => new("PEFT407",
        $"Cannot resume, because {what} belongs to another run: {List(problems)}. Resume with the plan, data and model that the run was started "
        + "with, or start anew in another OutputDirectory.");

    internal static string List(IEnumerable<string> items)
    {
        List<string> all = [.. items];
        string shown = string.Join("; ", all.Take(Shown));
        return all.Count > Shown ? $"{shown}; and {all.Count - Shown} more" : shown;
    }

    internal static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count:N0} {many}";
}
