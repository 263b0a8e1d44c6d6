using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.PrefixTuning;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.PrefixTuning;

/// <summary>Parses [PrefixTuning].</summary>
internal static class PrefixTuningParser
{
    internal static PrefixTuningSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<PrefixTuningAttribute>();
        var spec = new PrefixTuningSpec(attribute.Identity)
        {
            Tokens = declared.Tokens,
            Rows = declared.Tokens,
            Projection = declared.Projection,
            Hidden = declared.ProjectionHidden,
            Beside = declared.Placement == PrefixPlacement.Beside,
            Gated = declared.Gated,
            Init = declared.Init,
        };
        if (!context.IsPretrained)
        {
            string text = RuleTexts.NeedsCausalModel(spec.Method, "puts learned keys and values into the attention layers", context.Model);
            context.Report(RuleIds.NeedsCausalModel, text, spec.Place);
        }

        CheckNumbers(spec, attribute, context);
        if (attribute.IsSet(nameof(declared.Init)) && spec.Projection) context.Unused(attribute, nameof(declared.Init), "the network of Projection = true makes the vectors from the start");
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
