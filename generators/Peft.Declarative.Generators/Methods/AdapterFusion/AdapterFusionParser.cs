using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Methods.AdapterFusion;

/// <summary>Reads [AdapterFusion].</summary>
internal static class AdapterFusionParser
{
    internal static AdapterFusionSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var fusion = attribute.Value<AdapterFusionAttribute>();
        var spec = new AdapterFusionSpec(attribute.Identity)
        {
            Adapters = fusion.Adapters.ToEquatableArray(),
            Value = fusion.Value,
            Regularization = fusion.Regularization,
            Temperature = fusion.Temperature,
            QueryBeforeNorm = fusion.QueryBeforeNorm,
            Dropout = fusion.Dropout,
        };
        if (spec.Dropout is not (>= 0 and < 1))
            context.Report(RuleIds.OutOfRange, RuleTexts.DropoutOutOfRange(spec.Method, context.Model, spec.Dropout), spec.Place.At("Dropout"));
        return spec;
    }
}
