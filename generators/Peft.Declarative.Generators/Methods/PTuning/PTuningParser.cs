using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Methods.PTuning;

/// <summary>Reads [PTuning].</summary>
internal static class PTuningParser
{
    internal static PTuningSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<PTuningAttribute>();
        var spec = new PTuningSpec(attribute.Identity)
        {
            Tokens = declared.Tokens,
            Rows = declared.Tokens * context.Shape.PromptStacks,
            Hidden = declared.Hidden,
            Encoder = declared.Encoder,
            Layers = declared.Layers,
            Dropout = declared.Dropout,
        };
        if (!context.IsPretrained)
            context.Report(RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel(spec.Method, "puts learned tokens before the input", context.Model), spec.Place);
        CheckNumbers(spec, attribute, context);
        return spec;
    }

    private static void CheckNumbers(PTuningSpec spec, AttributeReader attribute, ParseContext context)
    {
        void Report(string text, string argument) => context.Report(RuleIds.OutOfRange, text, spec.Place.At(argument));
        if (spec.Tokens < 1) Report(RuleTexts.TokensNotPositive(spec.Method, context.Model, spec.Tokens), "tokens");
        if (spec.Hidden < 0 || (spec.Hidden == 0 && attribute.IsSet("Hidden")))
            Report(RuleTexts.WidthNotPositive(spec.Method, context.Model, "Hidden", spec.Hidden), "Hidden");
        if (spec.Layers < 1) Report(RuleTexts.LayersNotPositive(spec.Method, context.Model, spec.Layers), "Layers");
        if (spec.Dropout is not (>= 0 and < 1)) Report(RuleTexts.DropoutOutOfRange(spec.Method, context.Model, spec.Dropout), "Dropout");
    }
}
