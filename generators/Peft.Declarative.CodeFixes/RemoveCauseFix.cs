using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.CodeFixes;

/// <summary>Where nothing is left to adapt: removes the argument that takes everything out, or the attribute.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RemoveCauseFix() : RuleFix(RuleIds.NothingAdapted)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<AttributeArgumentSyntax>() is { NameEquals: { } name } argument)
        {
            yield return Offer.Replace($"Remove {name.Name.Identifier.ValueText}", root => root.RemoveNode(argument, SyntaxRemoveOptions.KeepNoTrivia)!);
        }

        if (node.FirstAncestorOrSelf<AttributeSyntax>() is { } attribute)
        {
            yield return Offer.Replace($"Remove [{attribute.Name}]", root => Attributes.Remove(root, attribute));
        }
    }
}
