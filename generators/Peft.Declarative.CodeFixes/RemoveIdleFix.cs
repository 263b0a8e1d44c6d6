using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.CodeFixes;

/// <summary>Removes an attribute that has no adapter to act on.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RemoveIdleFix() : RuleFix(RuleIds.NoAdapter)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<AttributeSyntax>() is { } attribute) yield return Offer.Replace($"Remove [{attribute.Name}]", root => Attributes.Remove(root, attribute));
    }
}
