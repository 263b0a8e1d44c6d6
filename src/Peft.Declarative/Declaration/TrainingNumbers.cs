namespace Peft.Declarative.Declaration;

/// <summary>Numbers of <c>[Training]</c> and of a plan: their defaults, and which values they may have. The compiler and the run time ask here.</summary>
internal static class TrainingNumbers
{
    internal const int Epochs = 3;
    internal const double LearningRate = 2e-4;
    internal const int BatchSize = 8;
    internal const int Accumulate = 1;
    internal const double WeightDecay = 0.01;
    internal const double MaxGradientNorm = 1.0;
    internal const int MaxLength = 1024;
    internal const int Seed = 42;

    /// <summary>The rule of learning rates, of a run and of an adapter.</summary>
    internal static NumberRule Rate { get; } = NumberRule.In("LearningRate", value => value > 0 && NumberRule.IsFinite(value), "a number above 0; 1e-4 to 5e-4 is common");

    private static readonly NumberRule[] Rules =
    [
        NumberRule.AtLeast("Epochs", 1),
        Rate,
        NumberRule.AtLeast("BatchSize", 1),
        NumberRule.AtLeast("Accumulate", 1),
        NumberRule.AtLeast("Warmup", 0),
        NumberRule.In("WeightDecay", value => value >= 0 && NumberRule.IsFinite(value), "0 or more"),
        NumberRule.In("MaxGradientNorm", value => value >= 0, "0 to switch clipping off, or more"),
        NumberRule.In("MaxLength", value => value >= 2, "2 or more, because the first token of a row is never predicted"),
        NumberRule.AtLeast("EvaluateEvery", 0),
        NumberRule.AtLeast("ReportEvery", 0),
    ];

    /// <summary>The least whole number that an argument may have; null for one whose values have no least one.</summary>
    internal static int? LeastOf(string argument) => Rules.First(rule => rule.Argument == argument).Least;

    /// <summary>The numbers that have a rule.</summary>
    internal static IEnumerable<string> Arguments => Rules.Select(rule => rule.Argument);

    /// <summary>The numbers that are out of range, with what to say of each.</summary>
    /// <param name="model">Name of the model's class.</param>
    /// <param name="numbers">Numbers by the names of the attribute's arguments; null for one that is not set.</param>
    internal static IEnumerable<(string Argument, string Text)> Problems(string model, IEnumerable<(string Argument, double? Value)> numbers) =>
        NumberRule.Problems(Rules, "Training", model, numbers);
}
