using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Rules;

/// <summary>Converts the location of a problem to the smallest span of the source: a string, a number, a field's type.</summary>
internal sealed class SourcePlaceLocator(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
{
    internal Location Find(SourcePlace place)
    {
        if (place.Syntax is { } span) return Location.Create(compilation.SyntaxTrees.First(tree => tree.FilePath == place.Owner), span);
        if (place.Attribute == SourcePlace.ByName) return type.GetMembers(place.Member).FirstOrDefault()?.Locations.FirstOrDefault() ?? type.Locations[0];

        Location? found = place.Attribute >= 0 ? OfAttribute(place) : place.Member.Length > 0 ? OfMemberType(place) : null;
        return found ?? type.Locations[0];
    }

    private Location? OfAttribute(SourcePlace place)
    {
        ISymbol? symbol = place.Member.Length == 0 ? type : type.GetMembers(place.Member).FirstOrDefault();
        AttributeData? attribute = symbol?.GetAttributes().ElementAtOrDefault(place.Attribute);
        if (attribute?.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax) return null;
        if (place.Argument.Length == 0) return syntax.GetLocation();

        // A list can be written without brackets, as several arguments of one name.
        List<AttributeArgumentSyntax> named = syntax.ArgumentList?.Arguments.Where((a, i) => NameOf(attribute, a, i) == place.Argument).ToList() ?? [];
        if (place.Element >= 0 && named.Count > 1) return (named.ElementAtOrDefault(place.Element) ?? (SyntaxNode)syntax).GetLocation();

        AttributeArgumentSyntax? argument = named.FirstOrDefault();
        return argument is null ? syntax.GetLocation() : Element(argument.Expression, place.Element).GetLocation();
    }

    // Constructor arguments have the name of their parameter. A list without brackets is all that is left of them.
    private static string? NameOf(AttributeData attribute, AttributeArgumentSyntax argument, int index)
    {
        if ((argument.NameEquals?.Name ?? argument.NameColon?.Name) is { } name) return name.Identifier.ValueText;

        var parameters = attribute.AttributeConstructor?.Parameters;
        return parameters is { Length: > 0 } known ? known[Math.Min(index, known.Length - 1)].Name : null;
    }

    private static SyntaxNode Element(ExpressionSyntax list, int index)
    {
        IEnumerable<SyntaxNode> elements = list switch
        {
            CollectionExpressionSyntax collection => collection.Elements.Select(element => element is ExpressionElementSyntax e ? e.Expression : (SyntaxNode)element),
            ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
            ImplicitArrayCreationExpressionSyntax array => array.Initializer.Expressions,
            _ => [],
        };
        return index < 0 ? list : elements.ElementAtOrDefault(index) ?? list;
    }

    private Location? OfMemberType(SourcePlace place)
    {
        INamedTypeSymbol? owner = place.Owner.Length == 0 ? type : compilation.GetTypesByMetadataName(place.Owner).FirstOrDefault();
        SyntaxNode? syntax = owner?.GetMembers(place.Member).FirstOrDefault()?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        return syntax switch
        {
            VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax declaration } => declaration.Type.GetLocation(),
            PropertyDeclarationSyntax property => property.Type.GetLocation(),
            _ => null,
        };
    }
}
