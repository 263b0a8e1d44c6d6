using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.PromptTuning;

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
        new NumberChecks(spec, context).Require(PromptTuningFacts.Method, ("tokens", spec.Tokens));
        if (spec.Init == "Text" && string.IsNullOrEmpty(spec.InitText))
            context.Report(RuleIds.OutOfRange, RuleTexts.InitTextMissing(spec.Method, context.Model), spec.Place.At("Init"));
        return spec;
    }
}
