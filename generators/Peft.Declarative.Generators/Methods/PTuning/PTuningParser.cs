using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Methods.PTuning;

/// <summary>Reads [PTuning].</summary>
internal static class PTuningParser
{
    private const int Lstm = 1;

    internal static PTuningSpec Parse(AttributeReader attribute, ParseContext context)
    {
        int tokens = attribute.FirstInt();
        var spec = new PTuningSpec
        {
            Name = attribute.Text("Name") ?? "default",
            Place = attribute.Place,
            Written = attribute.Written,
            Tokens = tokens,
            Rows = tokens * context.Shape.PromptStacks,
            Hidden = attribute.Value<int>("Hidden") ?? 0,
            IsLstm = attribute.EnumValue("Encoder") == Lstm,
            Layers = attribute.Value<int>("Layers") ?? 2,
            Dropout = attribute.Value<double>("Dropout") ?? 0,
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
