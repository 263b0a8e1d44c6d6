using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads the arguments by which every adapter on layers selects them. On a member the member itself is the selection.</summary>
internal static class Selectors
{
    private static readonly string[] Arguments =
        ["Targets", "TargetPattern", "Exclude", "ExcludePattern", "Layers", "LayersPattern"];

    private static readonly string[] Biases = ["None", "All", "AdaptedLayers"];

    /// <summary>Adds the selectors to what a method has read.</summary>
    /// <param name="spec">The method's own arguments.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="ownSelectors">Arguments of the method that choose among the targets.</param>
    /// <param name="context">The model, and where problems go.</param>
    internal static TSpec Read<TSpec>(TSpec spec, AttributeReader attribute, IReadOnlyList<string> ownSelectors, ParseContext context)
        where TSpec : LayerAdapterSpec
    {
        spec = spec with { Bias = Biases.ElementAtOrDefault(attribute.EnumValue("Bias")) ?? Biases[0], ModulesToSave = attribute.Texts("ModulesToSave") };
        if (attribute.Place.Member.Length > 0) return OnMember(spec, attribute, ownSelectors, context);

        return spec with
        {
            Targets = attribute.Texts("Targets"),
            TargetPattern = attribute.Text("TargetPattern"),
            Exclude = attribute.Texts("Exclude"),
            ExcludePattern = attribute.Text("ExcludePattern"),
            Layers = attribute.Ints("Layers"),
            LayersPattern = attribute.Texts("LayersPattern"),
        };
    }

    /// <summary>The path of the layer that the member with the attribute holds.</summary>
    internal static string MemberPath(AttributeReader attribute, ParseContext context)
    {
        string member = attribute.Place.Member;
        return context.Tree.Layers.FirstOrDefault(layer => layer.Access.TrimStart('@') == member)?.Path ?? member;
    }

    private static TSpec OnMember<TSpec>(TSpec spec, AttributeReader attribute, IReadOnlyList<string> ownSelectors, ParseContext context)
        where TSpec : LayerAdapterSpec
    {
        string member = attribute.Place.Member;
        foreach (string argument in Arguments.Concat(ownSelectors).Where(attribute.IsSet))
        {
            context.Report(RuleIds.MemberSelectsLayers, RuleTexts.MemberSelectsLayers(member, attribute.Method, argument), attribute.Place.At(argument));
        }

        return spec with
        {
            Targets = new[] { MemberPath(attribute, context) }.ToEquatableArray(),
            TargetPlaces = new[] { attribute.Place }.ToEquatableArray(),
        };
    }
}
