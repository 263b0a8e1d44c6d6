using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Methods;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Tells by names alone which types may carry attributes of the library, so that no other type is looked into.</summary>
internal static class AttributeNames
{
    // Without an adapter these have no effect, which is said at them.
    private static readonly string[] Others =
        [nameof(TrainingAttribute), nameof(QuantizeAttribute), nameof(BudgetAttribute), nameof(BaseConfigAttribute), nameof(PersonasAttribute), nameof(PeftAppAttribute)];

    private static readonly HashSet<string> Known = new(
        MethodCatalog.All.Select(method => method.Name + nameof(Attribute)).Concat(Others).SelectMany(name => new[] { name, name.Substring(0, name.Length - nameof(Attribute).Length) }),
        StringComparer.Ordinal);

    /// <summary>Whether a node is a type that carries, on itself or on a member, an attribute with a name of the library's or one that its file gives to a type.</summary>
    internal static bool AreOn(SyntaxNode node)
    {
        if (node is not TypeDeclarationSyntax type || !HasAttributes(type)) return false;

        IEnumerable<UsingDirectiveSyntax> usings = type.Ancestors().SelectMany(outer => outer switch
        {
            CompilationUnitSyntax unit => unit.Usings,
            BaseNamespaceDeclarationSyntax space => space.Usings,
            _ => default,
        });
        List<string>? aliases = null;
        return Any(type, name => Known.Contains(name) || (aliases ??= usings.Where(use => use.Alias is not null).Select(use => use.Alias!.Name.Identifier.ValueText).ToList()).Contains(name));
    }

    /// <summary>Whether a type carries, on itself or on a member, an attribute that the project gives a name of its own.</summary>
    internal static bool AreOn(TypeDeclarationSyntax type, HashSet<string> globalAliases) => globalAliases.Count > 0 && HasAttributes(type) && Any(type, globalAliases.Contains);

    /// <summary>The last part of an attribute's name.</summary>
    internal static string Short(AttributeSyntax attribute) => attribute.Name switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        QualifiedNameSyntax name => name.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax name => name.Name.Identifier.ValueText,
        _ => "",
    };

    private static bool HasAttributes(TypeDeclarationSyntax type) => type.AttributeLists.Count > 0 || type.Members.Any(member => member.AttributeLists.Count > 0);

    private static bool Any(TypeDeclarationSyntax type, Func<string, bool> isWanted) => type.AttributeLists
        .Concat(type.Members.Where(member => member is FieldDeclarationSyntax or PropertyDeclarationSyntax).SelectMany(member => member.AttributeLists))
        .SelectMany(list => list.Attributes)
        .Any(attribute => isWanted(Short(attribute)));
}
