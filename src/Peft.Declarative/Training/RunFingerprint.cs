using System.Globalization;

namespace Peft.Declarative.Training;

/// <summary>The values that must be equal for a run to be resumed exactly.</summary>
internal static class RunFingerprint
{
    private const string Prefix = "run.";

    internal static Dictionary<string, string> Of(TrainingPlan plan, TrainingData data, string optimizer) => new()
    {
        [Prefix + nameof(plan.Epochs)] = Text(plan.Epochs),
        [Prefix + nameof(plan.LearningRate)] = Text(plan.LearningRate),
        [Prefix + nameof(plan.LearningRates)] = string.Join(", ", plan.LearningRates.OrderBy(rate => rate.Key, StringComparer.Ordinal).Select(rate => $"{rate.Key} {Text(rate.Value)}")),
        [Prefix + nameof(plan.BatchSize)] = Text(plan.BatchSize * (plan.ProcessGroup?.Size ?? 1)),
        [Prefix + nameof(plan.Accumulate)] = Text(plan.Accumulate),
        [Prefix + nameof(plan.WarmupSteps)] = Text(plan.WarmupSteps),
        [Prefix + nameof(plan.Schedule)] = plan.CustomSchedule is null ? plan.Schedule.ToString() : "custom",
        [Prefix + nameof(plan.WeightDecay)] = Text(plan.WeightDecay),
        [Prefix + nameof(plan.MaxGradientNorm)] = Text(plan.MaxGradientNorm),
        [Prefix + nameof(plan.MaxLength)] = Text(plan.MaxLength),
        [Prefix + nameof(plan.GroupByLength)] = plan.GroupByLength.ToString(),
        [Prefix + nameof(plan.Seed)] = Text(plan.Seed),
        [Prefix + "Optimizer"] = optimizer,
        [Prefix + "Rows"] = Text(data.Rows.Count),
        [Prefix + "Data"] = data.RowSet.Fingerprint,
    };

    /// <summary>Describes the differences between the saved and the current values.</summary>
    internal static List<string> Differences(Dictionary<string, string> now, IReadOnlyDictionary<string, string> then) =>
    [
        .. from pair in now
           let before = then.GetValueOrDefault(pair.Key, "nothing")
           where before != pair.Value && !GoesOnLonger(pair.Key, pair.Value, before)
           select $"{pair.Key[Prefix.Length..]} is {pair.Value}, but was {before}",
    ];

    // A run can have more epochs than before, also after its end.
    private static bool GoesOnLonger(string key, string now, string before) => key == Prefix + nameof(TrainingPlan.Epochs)
        && int.TryParse(now, NumberStyles.None, CultureInfo.InvariantCulture, out int wanted)
        && int.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out int had)
        && wanted > had;

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
