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
        void Report(string text, string argument) => context.Report(RuleIds.OutOfRange, text, spec.Place.At(argument));
        if (spec.Tokens < 1) Report(RuleTexts.TokensNotPositive(spec.Method, context.Model, spec.Tokens), "tokens");
        if (attribute.IsSet("ProjectionHidden") && spec.Hidden < 1)
            Report(RuleTexts.WidthNotPositive(spec.Method, context.Model, "ProjectionHidden", spec.Hidden), "ProjectionHidden");
        if (spec.Gated && !spec.Beside) Report(PrefixTexts.GateNeedsBeside(context.Model), "Gated");
        if (attribute.IsSet("ProjectionHidden") && !spec.Projection)
            Report(PrefixTexts.ProjectionOff(context.Model), "ProjectionHidden");
    }
}
