using Peft.Declarative.Generators.Rules.Torch;

namespace Peft.Declarative.CodeFixes.Torch;

/// <summary>Hands a result to the scope outside before its own ends.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class MoveResultFix() : RuleFix(TorchRuleIds.ScopeDisposesResult)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node is not ExpressionSyntax result) yield break;

        ExpressionSyntax owner = result is BinaryExpressionSyntax or PrefixUnaryExpressionSyntax ? SyntaxFactory.ParenthesizedExpression(result.WithoutTrivia()) : result.WithoutTrivia();
        ExpressionSyntax moved = SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, owner, SyntaxFactory.IdentifierName("MoveToOuterDisposeScope")));
        yield return Offer.Replace("Move the result to the outer scope", root => root.ReplaceNode(result, moved.WithTriviaFrom(result)));
    }
}
