using Microsoft.CodeAnalysis;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Questions about symbols, asked by name so that no symbol has to be looked up first.</summary>
internal static class Symbols
{
    private static readonly SymbolDisplayFormat Qualified = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters);

    /// <summary>Name with namespace, containing types and type arguments.</summary>
    internal static string QualifiedName(this ITypeSymbol type) => type.ToDisplayString(Qualified);

    /// <summary>The type as generated code writes it.</summary>
    internal static string GlobalName(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    internal static bool IsModule(this ITypeSymbol type) => type.BaseTypesAndSelf().Any(t => t.QualifiedName() == KnownNames.Module);

    internal static bool IsTensorModule(this ITypeSymbol type) => type.QualifiedName() == KnownNames.TensorModule;

    internal static bool DerivesFrom(this ITypeSymbol type, string name) => type.BaseTypesAndSelf().Any(t => t.QualifiedName() == name);

    internal static IEnumerable<INamedTypeSymbol> BaseTypesAndSelf(this ITypeSymbol type)
    {
        for (INamedTypeSymbol? t = type as INamedTypeSymbol; t is not null; t = t.BaseType) yield return t;
    }

    internal static AttributeData? Attribute(this ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.QualifiedName() == name);

    /// <summary>Name by which a type is found again, with a plus between containing types.</summary>
    internal static string MetadataPath(this INamedTypeSymbol type)
    {
        string prefix = type.ContainingType is { } outer
            ? outer.MetadataPath() + "+"
            : type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." : "";
        return prefix + type.MetadataName;
    }
}
