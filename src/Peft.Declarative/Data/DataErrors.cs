using Peft.Declarative.Errors;

namespace Peft.Declarative.Data;

/// <summary>The errors of training data.</summary>
internal static class DataErrors
{
    internal static PeftException BadLines(string path, IReadOnlyList<string> problems) => new(RuleIds.TrainingDataUnusable,
        $"'{path}' has {(problems.Count == 1 ? "1 line" : $"{RuleTexts.Count(problems.Count)} lines")} that cannot be used for training: "
        + $"{Listing.Of(problems)}. Each line must be an object with 'text', or with 'prompt' and 'completion'.");

    internal static PeftException NoRows(string path) => new(RuleIds.TrainingDataUnusable,
        $"'{path}' has no text to train on. Give it at least one row.");

    internal static PeftException Unreadable(string path, Exception reason) => new(RuleIds.TrainingDataUnusable,
        $"The training data '{path}' cannot be read: {reason.Message.TrimEnd('.')}.", reason);

    internal static PeftException LengthsDiffer(int ids, int labels) => new(RuleIds.RowLengthsDiffer,
        $"A training row has {RuleTexts.Count(ids)} token ids but {RuleTexts.Count(labels)} labels. Give each token a label, {TrainingRow.Ignored} where it does not count.");

    internal static PeftException BadShare(double share, int rows) => new(RuleIds.BadEvaluationShare,
        $"A share of {share} of {RuleTexts.Count(rows)} rows cannot be kept for evaluation: both parts need at least one row. Choose a share between 0 and 1.");
}
