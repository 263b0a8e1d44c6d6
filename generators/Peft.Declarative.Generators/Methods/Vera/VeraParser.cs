using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.Vera;

namespace Peft.Declarative.Generators.Methods.Vera;

/// <summary>Reads [Vera].</summary>
internal static class VeraParser
{
    /// <summary>The attribute's own default.</summary>
    internal const double UsualStart = 0.1;

    internal static VeraSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var spec = new VeraSpec
        {
            Name = attribute.Text("Name") ?? "default",
            Place = attribute.Place,
            Written = attribute.Written,
            Rank = attribute.FirstInt(),
            Dropout = attribute.Value<double>("Dropout") ?? 0,
            Start = attribute.Value<double>("Start") ?? UsualStart,
            Seed = attribute.Value<int>("Seed") ?? 0,
            SaveProjections = attribute.Value<bool>("SaveProjections") ?? true,
        };
        var numbers = new NumberChecks(spec, context);
        numbers.Rank(spec.Rank);
        numbers.Dropout(spec.Dropout);
        numbers.Require(spec.Start != 0, VeraTexts.StartIsZero(spec.Method, context.Model), "Start");
        return spec;
    }
}
