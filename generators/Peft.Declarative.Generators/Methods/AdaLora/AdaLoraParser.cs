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
        numbers.Require(
            AdaLoraFacts.Method,
            ("initialRank", spec.InitialRank),
            ("targetRank", spec.TargetRank),
            ("Alpha", spec.Alpha),
            ("Dropout", spec.Dropout),
            ("AllocateEvery", spec.AllocateEvery),
            ("SensitivityDecay", spec.SensitivityDecay),
            ("UncertaintyDecay", spec.UncertaintyDecay),
            ("OrthogonalWeight", spec.OrthogonalWeight));
        numbers.Report(AdaLoraFacts.NothingToPrune(context.Model, spec.InitialRank, spec.TargetRank), "targetRank");
    }
}
