using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.AdaLora;

namespace Peft.Declarative.Generators.Methods.AdaLora;

/// <summary>Reads [AdaLora].</summary>
internal static class AdaLoraParser
{
    internal static AdaLoraSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var spec = new AdaLoraSpec
        {
            Name = attribute.Text("Name") ?? "default",
            Place = attribute.Place,
            Written = attribute.Written,
            InitialRank = attribute.IntAt(0),
            TargetRank = attribute.IntAt(1),
            Alpha = attribute.Value<double>("Alpha") is { } alpha and not 0 ? alpha : null,
            Dropout = attribute.Value<double>("Dropout") ?? 0,
            WarmupSteps = Steps(attribute, "WarmupSteps"),
            FinalSteps = Steps(attribute, "FinalSteps"),
            AllocateEvery = attribute.Value<int>("AllocateEvery"),
            SensitivityDecay = attribute.Value<double>("SensitivityDecay"),
            UncertaintyDecay = attribute.Value<double>("UncertaintyDecay"),
            OrthogonalWeight = attribute.Value<double>("OrthogonalWeight"),
        };
        Check(spec, context);
        return spec;
    }

    // The attribute's own default, below zero, leaves it to the run.
    private static int? Steps(AttributeReader attribute, string argument) => attribute.Value<int>(argument) is { } steps and >= 0 ? steps : null;

    private static void Check(AdaLoraSpec spec, ParseContext context)
    {
        var numbers = new NumberChecks(spec, context);
        numbers.Rank(spec.InitialRank, "initialRank");
        numbers.Rank(spec.TargetRank, "targetRank");
        if (spec is { InitialRank: > 0, TargetRank: > 0 })
            numbers.Require(spec.TargetRank < spec.InitialRank, AdaLoraTexts.NothingToPrune(spec.Method, context.Model, spec.InitialRank, spec.TargetRank), "targetRank");
        numbers.Alpha(spec.Alpha);
        numbers.Dropout(spec.Dropout);
        numbers.Require(spec.AllocateEvery is null or >= 1, Range("AllocateEvery", spec.AllocateEvery, "1 or more"), "AllocateEvery");
        numbers.Require(spec.SensitivityDecay is null or (>= 0 and < 1), Range("SensitivityDecay", spec.SensitivityDecay, "0 or more and less than 1"), "SensitivityDecay");
        numbers.Require(spec.UncertaintyDecay is null or (>= 0 and < 1), Range("UncertaintyDecay", spec.UncertaintyDecay, "0 or more and less than 1"), "UncertaintyDecay");
        numbers.Require(spec.OrthogonalWeight is null or >= 0, Range("OrthogonalWeight", spec.OrthogonalWeight, "0 or more; 0.1 to 0.5 is common"), "OrthogonalWeight");

        string Range(string argument, double? value, string range) => RuleTexts.NumberOutOfRange(argument, spec.Method, context.Model, value ?? 0, range);
    }
}
