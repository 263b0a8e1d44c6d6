using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads how a class is reopened in another file: namespace, types around it, type parameters.</summary>
internal static class TypeShapeReader
{
    /// <param name="type">The class.</param>
    /// <param name="config">Full name of its config type, whose short name may be taken as well.</param>
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

    /// <summary>The types around a type, outermost first.</summary>
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
    /// Type parameters appear as their number, since angle brackets are no part of file names. On some machines case does not tell files apart, so that
    /// names which differ in nothing else get a mark.
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

    /// <summary>Which letters are capitals, as a number.</summary>
    private static string Mark(string name) =>
        name.Aggregate(0u, (mark, letter) => unchecked((mark * 31) + (char.IsUpper(letter) ? 1u : 0u))).ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether a simple name already means a type where the generated code stands, so that an alias would clash or be hidden.</summary>
    private static bool Clashes(INamedTypeSymbol type, string name) =>
        type.ContainingNamespace.GetTypeMembers(name).Any()
        || Outer(type).Concat(type.BaseTypesAndSelf()).Any(t => t.GetTypeMembers(name).Any())
        || Outer(type).Append(type).Any(t => t.TypeParameters.Any(parameter => parameter.Name == name))
        || (TypeNames.IsInExpressions(name) && type.BaseTypesAndSelf().Any(t => t.GetMembers(name).Any()))
        || type.ContainingNamespace.GetNamespaceMembers().Any(space => space.Name == name);

    /// <summary>Words such as <c>record</c> are names everywhere but where a type is declared.</summary>
    private static string EscapeType(string name) => SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None ? Escape(name) : "@" + name;

    private static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
