using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads the arguments by which every adapter on layers selects them. On a member the member itself is the selection.</summary>
internal static class Selectors
{
    private static readonly string[] Arguments =
        ["Targets", "TargetPattern", "Exclude", "ExcludePattern", "Layers", "LayersPattern", "RankPattern", "AlphaPattern"];

    internal static TSpec Read<TSpec>(TSpec spec, AttributeReader attribute, ParseContext context)
        where TSpec : LayerAdapterSpec
    {
        if (attribute.Place.Member.Length > 0) return OnMember(spec, attribute, context);

        return spec with
        {
            Targets = attribute.Texts("Targets"),
            TargetPattern = attribute.Text("TargetPattern"),
            Exclude = attribute.Texts("Exclude"),
            ExcludePattern = attribute.Text("ExcludePattern"),
            Layers = attribute.Ints("Layers"),
            LayersPattern = attribute.Texts("LayersPattern"),
            ModulesToSave = attribute.Texts("ModulesToSave"),
        };
    }

    private static TSpec OnMember<TSpec>(TSpec spec, AttributeReader attribute, ParseContext context)
        where TSpec : LayerAdapterSpec
    {
        string member = attribute.Place.Member;
        foreach (string argument in Arguments.Where(attribute.IsSet))
        {
            context.Report(RuleIds.MemberSelectsLayers, RuleTexts.MemberSelectsLayers(member, attribute.Method, argument), attribute.Place.At(argument));
        }

        TreeLayer? layer = context.Tree.Layers.FirstOrDefault(layer => layer.Access.TrimStart('@') == member);
        return spec with
        {
            Targets = new[] { layer?.Path ?? member }.ToEquatableArray(),
            TargetPlaces = new[] { attribute.Place }.ToEquatableArray(),
            ModulesToSave = attribute.Texts("ModulesToSave"),
        };
    }
}
