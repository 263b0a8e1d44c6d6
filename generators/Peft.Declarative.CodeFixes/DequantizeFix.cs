using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Rules;

namespace Peft.Declarative.CodeFixes;

/// <summary>Lets a merge into a base in 4 bits give the adapted layers dense weights.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class DequantizeFix() : RuleFix(RuleIds.CannotMerge)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (!Suggestions(diagnostic).Contains(FixFacts.Dequantize) || node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call) yield break;

        ArgumentSyntax argument = SyntaxFactory.Argument(
            SyntaxFactory.NameColon("dequantize").WithTrailingTrivia(SyntaxFactory.Space),
            default,
            SyntaxFactory.LiteralExpression(SyntaxKind.TrueLiteralExpression));
        InvocationExpressionSyntax changed = call.WithArgumentList(call.ArgumentList.WithArguments(SyntaxFactory.SingletonSeparatedList(argument)));
        yield return Offer.Replace($"Add '{FixFacts.Dequantize}'", root => root.ReplaceNode(call, changed));
    }
}
