using System.Globalization;
using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads [Training].</summary>
internal static class TrainingReader
{
    internal static TrainingSpec Read(AttributeReader? attribute, ParseContext context)
    {
        TrainingAttribute training = attribute?.Value<TrainingAttribute>() ?? new TrainingAttribute();
        if (attribute is not null) Check(attribute, training, context);
        return new TrainingSpec(
            attribute?.Written ?? "",
            (attribute?.Named ?? []).Select(property => Setting(attribute!, training, property)).ToEquatableArray(),
            training.Accumulate,
            training.MaxGradientNorm,
            training.Precision,
            training.GradientCheckpointing,
            training.Seed,
            training.Optimizer);
    }

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
        void Require(string argument, bool met, string shown, string range)
        {
            if (!met) context.Report(RuleIds.OutOfRange, RuleTexts.TrainingOutOfRange(argument, context.Model, shown, range), attribute.Place.At(argument));
        }

        void AtLeast(string argument, int value, int least) => Require(argument, value >= least, Literal.Of(value), $"{least} or more");

        AtLeast(nameof(training.Epochs), training.Epochs, 1);
        AtLeast(nameof(training.BatchSize), training.BatchSize, 1);
        AtLeast(nameof(training.Accumulate), training.Accumulate, 1);
        AtLeast(nameof(training.Warmup), training.Warmup, 0);
        AtLeast(nameof(training.EvaluateEvery), training.EvaluateEvery, 0);
        AtLeast(nameof(training.MaxLength), training.MaxLength, 2);
        Require(nameof(training.LearningRate), training.LearningRate > 0, Literal.Of(training.LearningRate), "a number above 0; 1e-4 to 5e-4 is common");
        Require(nameof(training.WeightDecay), training.WeightDecay >= 0, Literal.Of(training.WeightDecay), "0 or more");
        Require(nameof(training.MaxGradientNorm), training.MaxGradientNorm >= 0, Literal.Of(training.MaxGradientNorm), "0 to switch clipping off, or more");

        // Both act inside the blocks of a family; in a module of the user's own there is nothing they could act on.
        if (context.IsPretrained) return;
        CheckFamily(nameof(training.Precision), training.Precision != Precision.Float32);
        CheckFamily(nameof(training.GradientCheckpointing), training.GradientCheckpointing);

        void CheckFamily(string argument, bool on)
        {
            if (on) context.Report(RuleIds.NeedsCausalModel, RuleTexts.TrainingNeedsCausalModel(argument, context.Model), attribute.Place.At(argument));
        }
    }
}
