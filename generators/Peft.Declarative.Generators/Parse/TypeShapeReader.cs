using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads how a class is declared, for its part in another file: namespace, containing types, type parameters.</summary>
internal static class TypeShapeReader
{
    /// <param name="type">The class.</param>
    /// <param name="config">The full name of its config type, whose short name can be in use as well.</param>
    /// <param name="compilation">The project.</param>
    internal static TypeShape Read(INamedTypeSymbol type, string config, Compilation compilation)
    {
        string configName = config.Substring(config.LastIndexOfAny(['.', ':']) + 1);
        INamespaceSymbol space = type.ContainingNamespace;
        HashSet<string> aliases = space.IsGlobalNamespace ? ProjectFacts.Of(compilation).GlobalAliases : [];
        return new TypeShape(
            space.IsGlobalNamespace ? "" : string.Join(".", space.ToDisplayString().Split('.').Select(Escape)),
            EscapeType(type.Name),
            Parameters(type),
            Outer(type).Select(Header).ToEquatableArray(),
            Hint(type),
            TypeNames.Aliased.Concat(configName.Length > 0 ? [configName] : []).Where(name => aliases.Contains(name) || Clashes(type, name)).ToEquatableArray());
    }

    /// <summary>Gets the containing types of a type, outermost first.</summary>
    internal static IEnumerable<INamedTypeSymbol> Outer(INamedTypeSymbol type)
    {
        var outer = new Stack<INamedTypeSymbol>();
        for (INamedTypeSymbol? t = type.ContainingType; t is not null; t = t.ContainingType) outer.Push(t);
        return outer;
    }

    private static string Header(INamedTypeSymbol type)
    {
        string keyword = (type.IsRecord, type.TypeKind) switch
        {
            (true, TypeKind.Struct) => "record struct",
            (true, _) => "record",
            (_, TypeKind.Struct) => "struct",
            (_, TypeKind.Interface) => "interface",
            _ => "class",
        };
        return $"partial {keyword} {EscapeType(type.Name)}{Parameters(type)}";
    }

    private static string Parameters(INamedTypeSymbol type) =>
        type.TypeParameters.IsEmpty ? "" : "<" + string.Join(", ", type.TypeParameters.Select(parameter => Escape(parameter.Name))) + ">";

    /// <summary>
    /// Gets the name of the file. Type parameters are replaced with their number, because file names cannot contain angle brackets. Names that differ
    /// only in case get a mark, because some file systems do not distinguish case.
    /// </summary>
    private static string Hint(INamedTypeSymbol type)
    {
        string space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString() + ".";
        string name = string.Join(".", Outer(type).Concat([type]).Select(t => t.Arity > 0 ? $"{t.Name}`{t.Arity}" : t.Name));
        string whole = (space + name).Replace("@", "");
        return Outer(type).Append(type).Any(HasTwin) || Namespaces(type).Any(HasTwin) ? $"{whole}-{Mark(whole)}" : whole;
    }

    private static IEnumerable<INamespaceSymbol> Namespaces(INamedTypeSymbol type)
    {
        for (INamespaceSymbol space = type.ContainingNamespace; !space.IsGlobalNamespace; space = space.ContainingNamespace) yield return space;
    }

    private static bool HasTwin(INamespaceOrTypeSymbol symbol)
    {
        IEnumerable<INamespaceOrTypeSymbol> siblings = symbol.ContainingType is { } outer
            ? outer.GetTypeMembers()
            : symbol.ContainingNamespace.GetMembers();
        return siblings.Any(other => other.Name.Length == symbol.Name.Length && other.Name != symbol.Name && string.Equals(other.Name, symbol.Name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Encodes which letters are capitals as a number.</summary>
    private static string Mark(string name) =>
        name.Aggregate(0u, (mark, letter) => unchecked((mark * 31) + (char.IsUpper(letter) ? 1u : 0u))).ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// Determines whether a simple name already means a type in the scope of the generated code, so that an alias would conflict or be hidden.
    /// </summary>
    private static bool Clashes(INamedTypeSymbol type, string name) =>
        type.ContainingNamespace.GetTypeMembers(name).Any()
        || Outer(type).Concat(type.BaseTypesAndSelf()).Any(t => t.GetTypeMembers(name).Any())
        || Outer(type).Append(type).Any(t => t.TypeParameters.Any(parameter => parameter.Name == name))
        || (TypeNames.IsInExpressions(name) && type.BaseTypesAndSelf().Any(t => t.GetMembers(name).Any()))
        || type.ContainingNamespace.GetNamespaceMembers().Any(space => space.Name == name);

    /// <summary>Words such as <c>record</c> are valid names except in the declaration of a type.</summary>
    private static string EscapeType(string name) => SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None ? Escape(name) : "@" + name;

    private static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
