using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Methods.AdapterFusion;

/// <summary>Reads [AdapterFusion].</summary>
internal static class AdapterFusionParser
{
    internal static AdapterFusionSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var spec = new AdapterFusionSpec
        {
            Name = attribute.Text("Name") ?? "default",
            Place = attribute.Place,
            Written = attribute.Written,
            Adapters = attribute.FirstTexts(),
            Value = attribute.Value<bool>("Value") ?? true,
            Regularization = attribute.Value<bool>("Regularization") ?? true,
            Temperature = attribute.Value<bool>("Temperature") ?? false,
            QueryBeforeNorm = attribute.Value<bool>("QueryBeforeNorm") ?? false,
            Dropout = attribute.Value<double>("Dropout") ?? 0,
        };
        if (spec.Dropout is not (>= 0 and < 1))
            context.Report(RuleIds.OutOfRange, RuleTexts.DropoutOutOfRange(spec.Method, context.Model, spec.Dropout), spec.Place.At("Dropout"));
        return spec;
    }
}
