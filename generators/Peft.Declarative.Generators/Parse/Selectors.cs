using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads the properties by which every adapter on layers selects them. On a member, the member itself is the selection.</summary>
internal static class Selectors
{
    private static readonly string[] Properties =
    [
        nameof(LayerAdapterAttribute.Targets), nameof(LayerAdapterAttribute.TargetPattern), nameof(LayerAdapterAttribute.Exclude),
        nameof(LayerAdapterAttribute.ExcludePattern), nameof(LayerAdapterAttribute.Layers), nameof(LayerAdapterAttribute.LayersPattern),
    ];

    /// <summary>Adds the selectors to a method's settings.</summary>
    /// <param name="spec">The method's own settings.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="ownSelectors">The properties of the method that select among the targets.</param>
    /// <param name="context">The model, and the receiver of problems.</param>
    internal static TSpec Read<TSpec>(TSpec spec, AttributeReader attribute, IReadOnlyList<string> ownSelectors, ParseContext context)
        where TSpec : LayerAdapterSpec
    {
        var selectors = attribute.Value<LayerAdapterAttribute>();
        spec = spec with { ModulesToSave = selectors.ModulesToSave?.ToEquatableArray() };
        if (attribute.Place.Member.Length > 0) return OnMember(spec, attribute, ownSelectors, context);

        return spec with
        {
            Targets = selectors.Targets?.ToEquatableArray(),
            TargetPattern = selectors.TargetPattern,
            Exclude = selectors.Exclude?.ToEquatableArray(),
            ExcludePattern = selectors.ExcludePattern,
            Layers = selectors.Layers?.ToEquatableArray(),
            LayersPattern = selectors.LayersPattern?.ToEquatableArray(),
        };
    }

    /// <summary>Gets the path of the layer in the member with the attribute.</summary>
    internal static string MemberPath(AttributeReader attribute, ParseContext context)
    {
        string member = attribute.Place.Member;
        return context.Tree.Layers.FirstOrDefault(layer => layer.Access.TrimStart('@') == member)?.Path ?? member;
    }

    private static TSpec OnMember<TSpec>(TSpec spec, AttributeReader attribute, IReadOnlyList<string> ownSelectors, ParseContext context)
        where TSpec : LayerAdapterSpec
    {
        string member = attribute.Place.Member;
        foreach (string property in Properties.Concat(ownSelectors).Where(attribute.IsSet))
        {
            context.Report(RuleIds.MemberSelectsLayers, RuleTexts.MemberSelectsLayers(member, spec.Method, property), attribute.Place.At(property));
        }

        return spec with
        {
            Targets = new[] { MemberPath(attribute, context) }.ToEquatableArray(),
            TargetPlaces = new[] { attribute.Place }.ToEquatableArray(),
        };
    }
}
