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
        if (attribute is null) return new TrainingSpec("", default);

        Check(attribute, context);
        return new TrainingSpec(
            attribute.Written,
            attribute.Named.Select(name => Setting(attribute, name)).ToEquatableArray(),
            attribute.Value<int>("Accumulate") ?? TrainingNumbers.Accumulate,
            attribute.Value<double>("MaxGradientNorm") ?? TrainingNumbers.MaxGradientNorm,
            attribute.EnumValue("Precision") == 1,
            attribute.Value<bool>("GradientCheckpointing") ?? false,
            attribute.Value<int>("Seed") ?? TrainingNumbers.Seed)
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
        IEnumerable<(string Argument, double? Value)> numbers = TrainingNumbers.Arguments.Select(name => (name, attribute.Value<double>(name) ?? attribute.Value<int>(name)));
        foreach ((string argument, string text) in TrainingNumbers.Problems(context.Model, numbers))
            context.Report(RuleIds.OutOfRange, text, attribute.Place.At(argument));

        // Both act inside the blocks of a family; in a module of the user's own there is nothing they could act on.
        if (context.IsPretrained) return;
        foreach (string argument in new[] { "Precision", "GradientCheckpointing" })
        {
            bool on = attribute.EnumValue(argument) != 0 || attribute.Value<bool>(argument) == true;
            if (on) context.Report(RuleIds.NeedsCausalModel, RuleTexts.TrainingNeedsCausalModel(argument, context.Model), attribute.Place.At(argument));
        }
    }
}
