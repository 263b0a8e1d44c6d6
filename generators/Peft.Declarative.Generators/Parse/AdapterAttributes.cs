using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Finds the adapter attributes of a class: those on it first, then those on its members, in the order they are written.</summary>
internal static class AdapterAttributes
{
    internal static List<AttributeReader> On(INamedTypeSymbol type) =>
        [.. On(type, ""), .. type.GetMembers().Where(member => member is IFieldSymbol or IPropertySymbol).SelectMany(member => On(member, member.Name))];

    private static IEnumerable<AttributeReader> On(ISymbol symbol, string member)
    {
        var attributes = symbol.GetAttributes();
        for (int i = 0; i < attributes.Length; i++)
        {
            if (MethodCatalog.Find(attributes[i].AttributeClass) is not null) yield return new AttributeReader(attributes[i], new Place(member, i));
        }
    }
}
