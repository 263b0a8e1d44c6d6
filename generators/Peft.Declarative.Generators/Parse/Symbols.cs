using Microsoft.CodeAnalysis;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Queries about symbols by name, without looking up symbols first.</summary>
internal static class Symbols
{
    private static readonly SymbolDisplayFormat Qualified = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters);

    /// <summary>Determines whether the type has this name with namespace and type arguments. The short name is compared first.</summary>
    internal static bool Is(this ITypeSymbol type, string qualifiedName)
    {
        int generic = qualifiedName.IndexOf('<');
        int end = generic < 0 ? qualifiedName.Length : generic;
        int start = qualifiedName.LastIndexOf('.', end - 1) + 1;
        return type.Name.Length == end - start
            && string.CompareOrdinal(type.Name, 0, qualifiedName, start, type.Name.Length) == 0
            && type.ToDisplayString(Qualified) == qualifiedName;
    }

    /// <summary>Does the same regardless of nullability.</summary>
    internal static bool HasName(this ITypeSymbol type, string qualifiedName) => type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(Qualified) == qualifiedName;

    /// <summary>Determines whether a symbol is only in generated files, which analyzers see too.</summary>
    internal static bool IsGenerated(this ISymbol symbol) => !symbol.DeclaringSyntaxReferences.IsEmpty
        && symbol.DeclaringSyntaxReferences.All(reference => reference.SyntaxTree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal));

    /// <summary>Determines whether the type belongs to TorchSharp.</summary>
    internal static bool IsStock(this ITypeSymbol type) => type.ContainingAssembly?.Name == "TorchSharp";

    /// <summary>Gets the type as it is written in generated code.</summary>
    internal static string GlobalName(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    internal static bool IsModule(this ITypeSymbol type) => type.BaseTypesAndSelf().Any(t => t.Is(KnownNames.Module));

    internal static bool IsTensorModule(this ITypeSymbol type) => type.Is(KnownNames.TensorModule);

    internal static bool DerivesFrom(this ITypeSymbol type, string name) => type.BaseTypesAndSelf().Any(t => t.Is(name));

    internal static IEnumerable<INamedTypeSymbol> BaseTypesAndSelf(this ITypeSymbol type)
    {
        for (INamedTypeSymbol? t = type as INamedTypeSymbol; t is not null; t = t.BaseType) yield return t;
    }

    /// <summary>Gets the first attribute of one of the library's classes; <see langword="null"/> if there is none.</summary>
    internal static T? Attribute<T>(this ISymbol symbol)
        where T : Attribute
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.Is<T>()) return (T)AttributeInstance.Of(attribute);
        }

        return null;
    }

    /// <summary>Determines whether the symbol has an attribute of one of the library's classes.</summary>
    internal static bool Has<T>(this ISymbol symbol)
        where T : Attribute => symbol.GetAttributes().Any(Is<T>);

    /// <summary>Gets all attributes of one of the library's classes.</summary>
    internal static IEnumerable<T> Attributes<T>(this ISymbol symbol)
        where T : Attribute => symbol.GetAttributes().Where(Is<T>).Select(attribute => (T)AttributeInstance.Of(attribute));

    /// <summary>Gets the first attribute of another library's class.</summary>
    internal static AttributeData? Attribute(this ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Is(name) == true);

    /// <summary>Determines whether an attribute is of one of the library's classes.</summary>
    internal static bool Is<T>(this AttributeData attribute)
        where T : Attribute => attribute.AttributeClass is { } type && type.Name == typeof(T).Name && type.IsOfTheLibrary();

    /// <summary>
    /// Determines whether the type is in the library's own namespace. Compares the parts, because it is called for every attribute of every class.
    /// </summary>
    internal static bool IsOfTheLibrary(this INamedTypeSymbol type) => type is
    {
        ContainingType: null,
        ContainingNamespace: { Name: "Declarative", ContainingNamespace: { Name: "Peft", ContainingNamespace.IsGlobalNamespace: true } },
    };

    /// <summary>Gets the metadata name of a type, with a plus between containing types.</summary>
    internal static string MetadataPath(this INamedTypeSymbol type)
    {
        string prefix = type.ContainingType is { } outer
            ? outer.MetadataPath() + "+"
            : type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." : "";
        return prefix + type.MetadataName;
    }
}
