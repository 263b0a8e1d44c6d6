using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Warns of numbers that are possible but very likely not intended.</summary>
internal static class UnusualNumbers
{
    private const double GreatestRate = 1;
    private const double LeastRate = 1e-7;
    private const int ShortestRow = 8;
    private const int LongestWarmup = 100_000;
    private const double GreatestDropout = 0.9;
    private const double GreatestFactor = 1000;

    private static readonly (string Argument, string Consequence)[] Dropouts =
    [
        ("Dropout", "drops nearly everything that the adapter is given"),
        ("RankDropout", "drops nearly everything that the adapter makes"),
        ("ModuleDropout", "drops the adapter in nearly every call"),
    ];

    internal static void CheckTraining(AttributeReader attribute, TrainingAttribute training, ParseContext context)
    {
        void Warn(string argument, double value, string consequence, string usual) => UnusualNumbers.Warn(attribute, argument, value, consequence, usual, context);

        // Optimizers whose steps have the size of the gradient can need such a learning rate.
        bool ofUnitSteps = training.Optimizer is not (OptimizerType.Sgd or OptimizerType.Momentum8Bit or OptimizerType.Adadelta or OptimizerType.Adagrad);
        if (training.LearningRate >= GreatestRate && NumberIsFinite(training.LearningRate) && ofUnitSteps)
        {
            Warn(nameof(training.LearningRate), training.LearningRate, $"makes {training.Optimizer} move every weight by that much in a step, which no model survives", "1e-4 to 5e-4 is common");
        }

        if (training.LearningRate is > 0 and < LeastRate) Warn(nameof(training.LearningRate), training.LearningRate, "moves the weights less than they are exact", "1e-4 to 5e-4 is common");
        if (training.MaxLength is >= 2 and < ShortestRow) Warn(nameof(training.MaxLength), training.MaxLength, "cuts every text after a few tokens", "512 to 2048 is common");
        if (training.Warmup >= LongestWarmup) Warn(nameof(training.Warmup), training.Warmup, "is longer than nearly any run, whose rate would never reach its peak", "Use a tenth of the run's steps or less");
    }

    /// <summary>The numbers of an adapter, as far as its attribute has them.</summary>
    internal static void CheckAdapter(AttributeReader attribute, ParseContext context)
    {
        foreach ((string argument, string consequence) in Dropouts)
        {
            if (Number(attribute, argument) is >= GreatestDropout and < 1 and var dropout) Warn(attribute, argument, dropout, consequence, "0 to 0.1 is common", context);
        }

        if (Number(attribute, "Alpha") is { } alpha && Rank(attribute) is > 0 and var rank && alpha >= GreatestFactor * rank && NumberIsFinite(alpha))
        {
            Warn(attribute, "Alpha", alpha, $"multiplies the adapter's result by {RuleTexts.Number(alpha / rank)}", "The rank, or twice it, is common", context);
        }
    }

    private static double? Rank(AttributeReader attribute) => Property(attribute, "Rank") ?? Property(attribute, "InitialRank");

    private static double? Number(AttributeReader attribute, string property) => attribute.IsSet(property) ? Property(attribute, property) : null;

    private static double? Property(AttributeReader attribute, string property)
    {
        var value = attribute.Value<Attribute>();
        return value.GetType().GetProperty(property)?.GetValue(value) is { } number ? Convert.ToDouble(number, System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    private static bool NumberIsFinite(double value) => !double.IsNaN(value) && !double.IsInfinity(value);

    private static void Warn(AttributeReader attribute, string argument, double value, string consequence, string usual, ParseContext context) =>
        context.Report(RuleIds.UnusualNumber, RuleTexts.UnusualNumber(argument, attribute.Name, context.Model, value, consequence, usual), attribute.Place.At(argument));
}
