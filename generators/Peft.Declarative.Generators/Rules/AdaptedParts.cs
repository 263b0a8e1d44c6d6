using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Rules;

/// <summary>
/// Finds modules with declared adapters inside other modules, which would not train them, unless they call AttachAdapters themselves.
/// </summary>
internal static class AdaptedParts
{
    /// <summary>Gets the problems of a module's parts, each at the part's first attribute.</summary>
    internal static IEnumerable<Diagnostic> Of(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        if (!type.IsModule()) yield break;

        IEnumerable<INamedTypeSymbol> parts = type.GetMembers()
            .Where(member => !member.IsStatic)
            .Select(member => member switch { IFieldSymbol field => field.Type, IPropertySymbol property => property.Type, _ => null })
            .OfType<ITypeSymbol>()
            .Select(ModuleTree.ModuleOf)
            .OfType<INamedTypeSymbol>()
            .Select(part => part.OriginalDefinition)
            .Where(part => !part.DeclaringSyntaxReferences.IsEmpty && !SymbolEqualityComparer.Default.Equals(part, type.OriginalDefinition));
        foreach (INamedTypeSymbol part in parts.Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default))
        {
            if (DeclarationParser.First(part) is not { } attribute || MethodCatalog.Find(attribute.AttributeClass) is not { } method || AttachesItself(part, cancellation)) continue;
            if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not { } syntax) continue;

            string member = part.GetMembers().FirstOrDefault(candidate => candidate.GetAttributes().Contains(attribute))?.Name ?? part.Name;
            yield return Diagnostic.Create(RuleCatalog.AdapterOnAPart, syntax.GetLocation(), RuleTexts.AdapterOnAPart(method.Name, part.Name, member, type.Name));
        }
    }

    private static bool AttachesItself(INamedTypeSymbol part, CancellationToken cancellation) => part.DeclaringSyntaxReferences
        .SelectMany(reference => reference.GetSyntax(cancellation).ChildNodes().OfType<ConstructorDeclarationSyntax>())
        .SelectMany(constructor => constructor.DescendantNodes().OfType<IdentifierNameSyntax>())
        .Any(name => name.Identifier.ValueText == "AttachAdapters");
}
