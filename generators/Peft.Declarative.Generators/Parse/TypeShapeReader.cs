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
    internal static TypeShape Read(INamedTypeSymbol type, string config)
    {
        string configName = config.Substring(config.LastIndexOfAny(['.', ':']) + 1);
        INamespaceSymbol space = type.ContainingNamespace;
        return new TypeShape(
            space.IsGlobalNamespace ? "" : string.Join(".", space.ToDisplayString().Split('.').Select(Escape)),
            Escape(type.Name),
            Parameters(type),
            Outer(type).Select(Header).ToEquatableArray(),
            Hint(type),
            TypeNames.Aliased.Concat(configName.Length > 0 ? [configName] : []).Where(name => Clashes(type, name)).ToEquatableArray());
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
        return $"partial {keyword} {Escape(type.Name)}{Parameters(type)}";
    }

    private static string Parameters(INamedTypeSymbol type) =>
        type.TypeParameters.IsEmpty ? "" : "<" + string.Join(", ", type.TypeParameters.Select(parameter => Escape(parameter.Name))) + ">";

    /// <summary>Type parameters appear as their number, since angle brackets are no part of file names.</summary>
    private static string Hint(INamedTypeSymbol type)
    {
        string space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString() + ".";
        string name = string.Join(".", Outer(type).Concat([type]).Select(t => t.Arity > 0 ? $"{t.Name}{t.Arity}" : t.Name));
        return (space + name).Replace("@", "");
    }

    /// <summary>Whether a simple name already means a type where the generated code stands, so that an alias would clash or be hidden.</summary>
    private static bool Clashes(INamedTypeSymbol type, string name) =>
        type.ContainingNamespace.GetTypeMembers(name).Any()
        || Outer(type).Concat(type.BaseTypesAndSelf()).Any(t => t.GetTypeMembers(name).Any())
        || (TypeNames.IsInExpressions(name) && type.BaseTypesAndSelf().Any(t => t.GetMembers(name).Any()))
        || type.ContainingNamespace.GetNamespaceMembers().Any(space => space.Name == name);

    private static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
