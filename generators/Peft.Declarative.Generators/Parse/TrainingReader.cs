using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads [Training].</summary>
internal static class TrainingReader
{
    internal static TrainingSpec Read(AttributeReader? attribute, ParseContext context)
    {
        if (attribute is null) return new TrainingSpec("", default);

        Check(attribute, context);
        return new TrainingSpec(
            attribute.Written,
            attribute.Named.Select(name => Setting(attribute, name)).ToEquatableArray(),
            attribute.Value<int>("Accumulate") ?? 1,
            attribute.Value<double>("MaxGradientNorm") ?? 1.0,
            attribute.EnumValue("Precision") == 1,
            attribute.Value<bool>("GradientCheckpointing") ?? false,
            attribute.Value<int>("Seed") ?? 42)
        {
            Optimizer = attribute.IsSet("Optimizer") ? attribute.Literal("Optimizer").Split('.').Last() : "AdamW",
        };
    }

    private static string Setting(AttributeReader attribute, string name)
    {
        string property = name == "Warmup" ? "WarmupSteps" : name;
        string value = attribute.WrittenNumber(name) ?? (attribute.Value<double>(name) is { } number ? Literal.Of(number)
            : name is "Optimizer" or "Precision" or "Schedule" ? attribute.Literal(name).Replace("Peft.Declarative.", "")
            : attribute.Literal(name));
        return $"{property} = {value}";
    }

    private static void Check(AttributeReader attribute, ParseContext context)
    {
        void Require(string argument, bool met, string shown, string range)
        {
            if (!met) context.Report(RuleIds.OutOfRange, RuleTexts.TrainingOutOfRange(argument, context.Model, shown, range), attribute.Place.At(argument));
        }

        void AtLeast(string argument, int least)
        {
            if (attribute.Value<int>(argument) is { } value) Require(argument, value >= least, Literal.Of(value), $"{least} or more");
        }

        foreach (string argument in new[] { "Epochs", "BatchSize", "Accumulate" }) AtLeast(argument, 1);
        foreach (string argument in new[] { "Warmup", "EvaluateEvery" }) AtLeast(argument, 0);
        AtLeast("MaxLength", 2);
        if (attribute.Value<double>("LearningRate") is { } rate) Require("LearningRate", rate > 0, Literal.Of(rate), "a number above 0; 1e-4 to 5e-4 is common");
        if (attribute.Value<double>("WeightDecay") is { } decay) Require("WeightDecay", decay >= 0, Literal.Of(decay), "0 or more");
        if (attribute.Value<double>("MaxGradientNorm") is { } norm) Require("MaxGradientNorm", norm >= 0, Literal.Of(norm), "0 to switch clipping off, or more");

        // Both act inside the blocks of a family; in a module of the user's own there is nothing they could act on.
        if (context.IsPretrained) return;
        foreach (string argument in new[] { "Precision", "GradientCheckpointing" })
        {
            bool on = attribute.EnumValue(argument) != 0 || attribute.Value<bool>(argument) == true;
            if (on) context.Report(RuleIds.NeedsCausalModel, RuleTexts.TrainingNeedsCausalModel(argument, context.Model), attribute.Place.At(argument));
        }
    }
}
