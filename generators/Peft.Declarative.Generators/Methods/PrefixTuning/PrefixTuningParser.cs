using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.PrefixTuning;

namespace Peft.Declarative.Generators.Methods.PrefixTuning;

/// <summary>Reads [PrefixTuning].</summary>
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
        return spec;
    }

    private static void CheckNumbers(PrefixTuningSpec spec, AttributeReader attribute, ParseContext context)
    {
        void Report(string text, string argument) => context.Report(RuleIds.OutOfRange, text, spec.Place.At(argument));
        if (spec.Tokens < 1) Report(RuleTexts.TokensNotPositive(spec.Method, context.Model, spec.Tokens), "tokens");
        if (attribute.IsSet("ProjectionHidden") && spec.Hidden < 1)
            Report(RuleTexts.WidthNotPositive(spec.Method, context.Model, "ProjectionHidden", spec.Hidden), "ProjectionHidden");
        if (spec.Gated && !spec.Beside) Report(PrefixTexts.GateNeedsBeside(context.Model), "Gated");
        if (attribute.IsSet("ProjectionHidden") && !spec.Projection)
            Report(PrefixTexts.ProjectionOff(context.Model), "ProjectionHidden");
    }
}
