using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.Vera;

namespace Peft.Declarative.Generators.Methods.Vera;

/// <summary>Reads [Vera].</summary>
internal static class VeraParser
{
    internal static VeraSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var spec = new VeraSpec
        {
            Name = attribute.Text("Name") ?? "default",
            Place = attribute.Place,
            Written = attribute.Written,
            Rank = attribute.FirstInt(),
            Dropout = attribute.Value<double>("Dropout") ?? 0,
            Start = attribute.Value<double>("Start") ?? VeraFacts.Start,
            Seed = attribute.Value<int>("Seed") ?? 0,
            SaveProjections = attribute.Value<bool>("SaveProjections") ?? true,
        };
        new NumberChecks(spec, context).Require(VeraFacts.Method, ("rank", spec.Rank), ("Dropout", spec.Dropout), ("Start", spec.Start));
        return spec;
    }
}
