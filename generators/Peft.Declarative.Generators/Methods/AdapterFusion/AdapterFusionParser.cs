using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.AdapterFusion;

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
        new NumberChecks(spec, context).Require(AdapterFusionFacts.Method, ("Dropout", spec.Dropout));
        return spec;
    }
}
