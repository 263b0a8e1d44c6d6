using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.PTuning;

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
            Layers = attribute.Value<int>("Layers") ?? PTuningFacts.Layers,
            Dropout = attribute.Value<double>("Dropout") ?? 0,
        };
        if (!context.IsPretrained)
            context.Report(RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel(spec.Method, "puts learned tokens before the input", context.Model), spec.Place);
        new NumberChecks(spec, context).Require(
            PTuningFacts.Method,
            ("tokens", spec.Tokens),
            ("Hidden", spec.Hidden == 0 && !attribute.IsSet("Hidden") ? null : spec.Hidden),
            ("Layers", spec.Layers),
            ("Dropout", spec.Dropout));
        return spec;
    }
}
