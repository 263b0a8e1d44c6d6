using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.AdapterFusion;

namespace Peft.Declarative.Generators.Methods.AdapterFusion;

/// <summary>Parses [AdapterFusion].</summary>
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
        new NumberChecks(spec, context).Require(AdapterFusionFacts.Method, ("Dropout", spec.Dropout));
        if (attribute.IsSet(nameof(fusion.Regularization)) && fusion is { Regularization: true, Value: false }) context.Unused(attribute, nameof(fusion.Regularization), "it acts on the value projections, which Value = false leaves out");
        return spec;
    }
}
