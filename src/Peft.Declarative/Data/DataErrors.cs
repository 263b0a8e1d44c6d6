namespace Peft.Declarative.Data;

/// <summary>The errors of training data.</summary>
internal static class DataErrors
{
    internal static PeftException BadLines(string path, IReadOnlyList<string> problems) => new("PEFT601",
        $"'{path}' has {(problems.Count == 1 ? "1 line" : $"{problems.Count:N0} lines")} that cannot be used for training: "
        + $"{Listing.Of(problems)}. Each line must be an object with 'text', or with 'prompt' and 'completion'.");

    internal static PeftException NoRows(string path) => new("PEFT601",
        $"'{path}' has no text to train on. Give it at least one row.");

    internal static PeftException Unreadable(string path, Exception reason) => new("PEFT601",
        $"The training data '{path}' cannot be read: {reason.Message.TrimEnd('.')}.", reason);

    internal static PeftException LengthsDiffer(int ids, int labels) => new("PEFT602",
        $"A training row has {ids:N0} token ids but {labels:N0} labels. Give each token a label, {TrainingRow.Ignored} where it does not count.");

    internal static PeftException BadShare(double share, int rows) => new("PEFT603",
        $"A share of {share} of {rows:N0} rows cannot be kept for evaluation: both parts need at least one row. Choose a share between 0 and 1.");
}
