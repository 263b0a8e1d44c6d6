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
        var numbers = new NumberChecks(spec, context);
        numbers.Rank(spec.Rank);
        numbers.Dropout(spec.Dropout);
        numbers.Require(spec.Start != 0, VeraTexts.StartIsZero(spec.Method, context.Model), "Start");
        return spec;
    }
}
