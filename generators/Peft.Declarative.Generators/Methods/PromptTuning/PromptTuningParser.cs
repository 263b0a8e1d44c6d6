using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.PromptTuning;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.PromptTuning;

/// <summary>Parses [PromptTuning].</summary>
internal static class PromptTuningParser
{
    internal static PromptTuningSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<PromptTuningAttribute>();
        var spec = new PromptTuningSpec(attribute.Identity)
        {
            Tokens = declared.Tokens,
            Rows = declared.Tokens * context.Shape.PromptStacks,
            Init = declared.Init,
            InitText = declared.InitText,
            Tokenizer = declared.Tokenizer,
        };
        if (!context.IsPretrained)
            context.Report(RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel(spec.Method, "puts virtual tokens before the input", context.Model), spec.Place);
        new NumberChecks(spec, context).Require(PromptTuningFacts.Method, ("tokens", spec.Tokens));
        if (spec.Init == PromptInit.Text && string.IsNullOrEmpty(spec.InitText))
            context.Report(RuleIds.OutOfRange, RuleTexts.InitTextMissing(spec.Method, context.Model), spec.Place.At("Init"));
        foreach (string argument in new[] { nameof(declared.InitText), nameof(declared.Tokenizer) })
        {
            if (spec.Init == PromptInit.Text || !attribute.IsSet(argument)) continue;
            context.Report(RuleIds.OutOfRange, RuleTexts.InitTextUnused(argument, spec.Method, context.Model), spec.Place.At(argument));
        }

        return spec;
    }
}
