using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.Vera;

namespace Peft.Declarative.Generators.Methods.Vera;

/// <summary>Reads [Vera].</summary>
internal static class VeraParser
{
    internal static VeraSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<VeraAttribute>();
        var spec = new VeraSpec(attribute.Identity)
        {
            Rank = declared.Rank,
            Dropout = declared.Dropout,
            Start = declared.Start,
            Seed = declared.Seed,
            SaveProjections = declared.SaveProjections,
            Bias = declared.Bias,
        };
        new NumberChecks(spec, context).Require(VeraFacts.Method, ("rank", spec.Rank), ("Dropout", spec.Dropout), ("Start", spec.Start));
        return spec;
    }
}
