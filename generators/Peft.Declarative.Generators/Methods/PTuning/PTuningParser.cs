using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.PTuning;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.PTuning;

/// <summary>Parses [PTuning].</summary>
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
            context.Report(RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel(spec.Method, "puts virtual tokens before the input", context.Model), spec.Place);
        new NumberChecks(spec, context).Require(
            PTuningFacts.Method,
            ("tokens", spec.Tokens),
            ("Hidden", spec.Hidden == 0 && !attribute.IsSet("Hidden") ? null : spec.Hidden),
            ("Layers", spec.Layers),
            ("Dropout", spec.Dropout));
        if (!spec.IsLstm)
        {
            CheckUnused(nameof(declared.Layers), "a perceptron has three layers");
            CheckUnused(nameof(declared.Dropout), "a perceptron has no dropout");
        }

        return spec;

        void CheckUnused(string argument, string fact)
        {
            if (attribute.IsSet(argument) && !context.IsReported(spec.Place.At(argument)))
            {
                context.Report(RuleIds.OutOfRange, RuleTexts.PerceptronOption(argument, spec.Method, context.Model, fact), spec.Place.At(argument));
            }
        }
    }
}
