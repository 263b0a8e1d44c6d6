using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.AdaLora;

namespace Peft.Declarative.Generators.Methods.AdaLora;

/// <summary>Reads [AdaLora].</summary>
internal static class AdaLoraParser
{
    internal static AdaLoraSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<AdaLoraAttribute>();
        var spec = new AdaLoraSpec(attribute.Identity)
        {
            InitialRank = declared.InitialRank,
            TargetRank = declared.TargetRank,
            Alpha = declared.Alpha == 0 ? null : declared.Alpha,
            Dropout = declared.Dropout,
            WarmupSteps = Steps(declared.WarmupSteps),
            FinalSteps = Steps(declared.FinalSteps),
            AllocateEvery = attribute.IfSet(nameof(declared.AllocateEvery), declared.AllocateEvery),
            SensitivityDecay = attribute.IfSet(nameof(declared.SensitivityDecay), declared.SensitivityDecay),
            UncertaintyDecay = attribute.IfSet(nameof(declared.UncertaintyDecay), declared.UncertaintyDecay),
            OrthogonalWeight = attribute.IfSet(nameof(declared.OrthogonalWeight), declared.OrthogonalWeight),
            Bias = declared.Bias,
        };
        Check(spec, context);
        return spec;
    }

    // The attribute's own default, below zero, leaves it to the run.
    private static int? Steps(int steps) => steps >= 0 ? steps : null;

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
