using Microsoft.CodeAnalysis;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Questions about symbols, asked by name so that no symbol has to be looked up first.</summary>
internal static class Symbols
{
    private static readonly SymbolDisplayFormat Qualified = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters);

    /// <summary>Whether the type has this name with namespace and type arguments. Most are told apart by the short name alone, without writing it out.</summary>
    internal static bool Is(this ITypeSymbol type, string qualifiedName)
    {
        int generic = qualifiedName.IndexOf('<');
        int end = generic < 0 ? qualifiedName.Length : generic;
        int start = qualifiedName.LastIndexOf('.', end - 1) + 1;
        return type.Name.Length == end - start
            && string.CompareOrdinal(type.Name, 0, qualifiedName, start, type.Name.Length) == 0
            && type.ToDisplayString(Qualified) == qualifiedName;
    }

    /// <summary>Whether the type has this name with namespace and type arguments, whether it may be null or not.</summary>
    internal static bool HasName(this ITypeSymbol type, string qualifiedName) => type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(Qualified) == qualifiedName;

    /// <summary>Whether a symbol is only in generated files: analyzers see what the generator added, which says nothing about what the user wrote.</summary>
    internal static bool IsGenerated(this ISymbol symbol) => !symbol.DeclaringSyntaxReferences.IsEmpty
        && symbol.DeclaringSyntaxReferences.All(reference => reference.SyntaxTree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal));

    /// <summary>Whether the type belongs to TorchSharp.</summary>
    internal static bool IsStock(this ITypeSymbol type) => type.ContainingAssembly?.Name == "TorchSharp";

    /// <summary>The type as generated code writes it.</summary>
    internal static string GlobalName(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    internal static bool IsModule(this ITypeSymbol type) => type.BaseTypesAndSelf().Any(t => t.Is(KnownNames.Module));

    internal static bool IsTensorModule(this ITypeSymbol type) => type.Is(KnownNames.TensorModule);

    internal static bool DerivesFrom(this ITypeSymbol type, string name) => type.BaseTypesAndSelf().Any(t => t.Is(name));

    internal static IEnumerable<INamedTypeSymbol> BaseTypesAndSelf(this ITypeSymbol type)
    {
        for (INamedTypeSymbol? t = type as INamedTypeSymbol; t is not null; t = t.BaseType) yield return t;
    }

    /// <summary>The first attribute of one of the library's classes; null if there is none.</summary>
    internal static T? Attribute<T>(this ISymbol symbol)
        where T : Attribute
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.Is<T>()) return (T)AttributeInstance.Of(attribute);
        }

        return null;
    }

    /// <summary>Whether the symbol has an attribute of one of the library's classes.</summary>
    internal static bool Has<T>(this ISymbol symbol)
        where T : Attribute => symbol.GetAttributes().Any(Is<T>);

    /// <summary>All attributes of one of the library's classes.</summary>
    internal static IEnumerable<T> Attributes<T>(this ISymbol symbol)
        where T : Attribute => symbol.GetAttributes().Where(Is<T>).Select(attribute => (T)AttributeInstance.Of(attribute));

    /// <summary>The first attribute of another library's class.</summary>
    internal static AttributeData? Attribute(this ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Is(name) == true);

    /// <summary>Whether an attribute is of one of the library's classes.</summary>
    internal static bool Is<T>(this AttributeData attribute)
        where T : Attribute => attribute.AttributeClass is { } type && type.Name == typeof(T).Name && type.IsOfTheLibrary();

    /// <summary>Whether the type is in the library's own namespace. Compared by parts, since every attribute of every class is asked.</summary>
    internal static bool IsOfTheLibrary(this INamedTypeSymbol type) => type is
    {
        ContainingType: null,
        ContainingNamespace: { Name: "Declarative", ContainingNamespace: { Name: "Peft", ContainingNamespace.IsGlobalNamespace: true } },
    };

    /// <summary>Name by which a type is found again, with a plus between containing types.</summary>
    internal static string MetadataPath(this INamedTypeSymbol type)
    {
        string prefix = type.ContainingType is { } outer
            ? outer.MetadataPath() + "+"
            : type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." : "";
        return prefix + type.MetadataName;
    }
}
