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

        // Constructor arguments have the name of their parameter, and every attribute here has at most one, which can be a list without brackets.
        List<AttributeArgumentSyntax> listed = syntax.ArgumentList?.Arguments.Where(a => a.NameEquals is null && Parameter(attribute) == place.Argument).ToList() ?? [];
        if (place.Element >= 0 && listed.Count > 1) return (listed.ElementAtOrDefault(place.Element) ?? (SyntaxNode)syntax).GetLocation();

        AttributeArgumentSyntax? argument = syntax.ArgumentList?.Arguments
            .FirstOrDefault(a => (a.NameEquals?.Name.Identifier.ValueText ?? Parameter(attribute)) == place.Argument);
        return argument is null ? syntax.GetLocation() : Element(argument.Expression, place.Element).GetLocation();
    }

    private static string? Parameter(AttributeData attribute) => attribute.AttributeConstructor?.Parameters.FirstOrDefault()?.Name;

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
