using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Methods.PromptTuning;

/// <summary>Reads [PromptTuning].</summary>
internal static class PromptTuningParser
{
    private static readonly string[] Inits = ["Random", "SampleVocabulary", "Text"];

    internal static PromptTuningSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var spec = new PromptTuningSpec
        {
            Name = attribute.Text("Name") ?? "default",
            Place = attribute.Place,
            Written = attribute.Written,
            Tokens = attribute.FirstInt(),
            Rows = attribute.FirstInt() * context.Shape.PromptStacks,
            Init = Inits.ElementAtOrDefault(attribute.EnumValue("Init")) ?? "Random",
            InitText = attribute.Text("InitText"),
            Tokenizer = attribute.Text("Tokenizer"),
        };
        if (!context.IsPretrained)
            context.Report(RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel(spec.Method, "puts learned tokens before the input", context.Model), spec.Place);
        if (spec.Tokens < 1) context.Report(RuleIds.OutOfRange, RuleTexts.TokensNotPositive(spec.Method, context.Model, spec.Tokens), spec.Place.At("tokens"));
        if (spec.Init == "Text" && string.IsNullOrEmpty(spec.InitText))
            context.Report(RuleIds.OutOfRange, RuleTexts.InitTextMissing(spec.Method, context.Model), spec.Place.At("Init"));
        return spec;
    }
}
