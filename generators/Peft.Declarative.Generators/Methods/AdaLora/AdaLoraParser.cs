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
            Alpha = attribute.IfSet(nameof(declared.Alpha), declared.Alpha),
            Dropout = declared.Dropout,
            WarmupSteps = attribute.IfSet(nameof(declared.WarmupSteps), declared.WarmupSteps),
            FinalSteps = attribute.IfSet(nameof(declared.FinalSteps), declared.FinalSteps),
            AllocateEvery = attribute.IfSet(nameof(declared.AllocateEvery), declared.AllocateEvery),
            SensitivityDecay = attribute.IfSet(nameof(declared.SensitivityDecay), declared.SensitivityDecay),
            UncertaintyDecay = attribute.IfSet(nameof(declared.UncertaintyDecay), declared.UncertaintyDecay),
            OrthogonalWeight = attribute.IfSet(nameof(declared.OrthogonalWeight), declared.OrthogonalWeight),
            Bias = declared.Bias,
        };
        Check(spec, context);
        return spec;
    }

    private static void Check(AdaLoraSpec spec, ParseContext context)
    {
        var numbers = new NumberChecks(spec, context);
        numbers.Require(
            AdaLoraFacts.Method,
            ("initialRank", spec.InitialRank),
            ("targetRank", spec.TargetRank),
            ("Alpha", spec.Alpha),
            ("Dropout", spec.Dropout),
            ("WarmupSteps", spec.WarmupSteps),
            ("FinalSteps", spec.FinalSteps),
            ("AllocateEvery", spec.AllocateEvery),
            ("SensitivityDecay", spec.SensitivityDecay),
            ("UncertaintyDecay", spec.UncertaintyDecay),
            ("OrthogonalWeight", spec.OrthogonalWeight));
        numbers.Report(AdaLoraFacts.NothingToPrune(context.Model, spec.InitialRank, spec.TargetRank), "targetRank");
    }
}
