using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.PrefixTuning;

namespace Peft.Declarative.Generators.Methods.PrefixTuning;

/// <summary>Reads [PrefixTuning].</summary>
internal static class PrefixTuningParser
{
    private const int Beside = 1;

    private static readonly string[] Inits = ["Random", "Zero"];

    internal static PrefixTuningSpec Parse(AttributeReader attribute, ParseContext context)
    {
        int tokens = attribute.FirstInt();
        var spec = new PrefixTuningSpec
        {
            Name = attribute.Text("Name") ?? "default",
            Place = attribute.Place,
            Written = attribute.Written,
            Tokens = tokens,
            Rows = tokens,
            Projection = attribute.Value<bool>("Projection") ?? false,
            Hidden = attribute.Value<int>("ProjectionHidden") ?? 0,
            Beside = attribute.EnumValue("Placement") == Beside,
            Gated = attribute.Value<bool>("Gated") ?? false,
            Init = Inits.ElementAtOrDefault(attribute.EnumValue("Init")) ?? "Random",
        };
        if (!context.IsPretrained)
        {
            string text = RuleTexts.NeedsCausalModel(spec.Method, "puts learned keys and values into the attention layers", context.Model);
            context.Report(RuleIds.NeedsCausalModel, text, spec.Place);
        }

        CheckNumbers(spec, attribute, context);
        return spec;
    }

    private static void CheckNumbers(PrefixTuningSpec spec, AttributeReader attribute, ParseContext context)
    {
        bool widthSet = attribute.IsSet("ProjectionHidden");
        var numbers = new NumberChecks(spec, context);
        numbers.Require(PrefixTuningFacts.Method, ("tokens", spec.Tokens), ("ProjectionHidden", widthSet ? spec.Hidden : null));
        if (spec.Gated && !spec.Beside) numbers.Report(PrefixTuningFacts.GateNeedsBeside(context.Model), "Gated");
        if (widthSet && !spec.Projection) numbers.Report(PrefixTuningFacts.ProjectionOff(context.Model), "ProjectionHidden");
    }
}
