using System.Globalization;
using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads [Training].</summary>
internal static class TrainingReader
{
    internal static TrainingSpec Read(AttributeReader? attribute, ParseContext context)
    {
        TrainingAttribute training = attribute?.Value<TrainingAttribute>() ?? new TrainingAttribute();
        if (attribute is not null)
        {
            Check(attribute, training, context);
            UnusualNumbers.CheckTraining(attribute, training, context);
        }

        return new TrainingSpec(
            attribute?.Written ?? "",
            (attribute?.Named ?? []).Select(property => Setting(attribute!, training, property)).ToEquatableArray(),
            training.Accumulate,
            training.MaxGradientNorm,
            training.Precision,
            training.Checkpointing,
            training.Seed,
            training.Optimizer)
        {
            BatchSize = training.BatchSize,
            MaxLength = training.MaxLength,
        };
    }

    // A plan has numbers that the attribute does not have.
    private static double? Number(TrainingAttribute training, string property) =>
        typeof(TrainingAttribute).GetProperty(property)?.GetValue(training) is { } value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;

    private static TrainingSetting Setting(AttributeReader attribute, TrainingAttribute training, string property)
    {
        object value = typeof(TrainingAttribute).GetProperty(property)!.GetValue(training)!;
        string text = attribute.WrittenNumber(property) ?? value switch
        {
            double number => Literal.Of(number),
            bool flag => Literal.Of(flag),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
        return new TrainingSetting(property == nameof(TrainingAttribute.Warmup) ? "WarmupSteps" : property, value is Enum ? value.GetType().Name : "", text);
    }

    private static void Check(AttributeReader attribute, TrainingAttribute training, ParseContext context)
    {
        IEnumerable<(string Argument, double? Value)> numbers = TrainingNumbers.Arguments.Select(name => (name, Number(training, name)));
        foreach ((string argument, string text) in TrainingNumbers.Problems(context.Model, numbers))
        {
            string? least = TrainingNumbers.LeastOf(argument)?.ToString(CultureInfo.InvariantCulture);
            context.Report(RuleIds.OutOfRange, text, attribute.Place.At(argument), suggestion: least);
        }


        // They affect the blocks of a family; a user's own module has none that they could affect.
        if (context.IsPretrained) return;
        CheckFamily(nameof(training.Precision), training.Precision != Precision.Float32);
        bool byLevel = attribute.Named.Contains(nameof(training.Checkpointing));
        CheckFamily(byLevel ? nameof(training.Checkpointing) : nameof(training.GradientCheckpointing), training.Checkpointing != Checkpointing.None);

        void CheckFamily(string argument, bool on)
        {
            if (on) context.Report(RuleIds.NeedsCausalModel, RuleTexts.TrainingNeedsCausalModel(argument, context.Model), attribute.Place.At(argument));
        }
    }
}
