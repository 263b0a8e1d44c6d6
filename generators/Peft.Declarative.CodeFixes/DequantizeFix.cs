using Peft.Declarative.Generators.Rules;

namespace Peft.Declarative.CodeFixes;

/// <summary>Adds an argument to Merge that dequantizes the adapted layers of a base in 4 bits.</summary>
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
