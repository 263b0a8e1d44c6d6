namespace Peft.Declarative.CodeFixes;

/// <summary>Replaces a rank that is not low with the greatest power of two that is, also in an entry of RankPattern.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class LowerRankFix() : RuleFix(RuleIds.RankTooLarge)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        ExpressionSyntax? number = node as ExpressionSyntax ?? (node as AttributeArgumentSyntax)?.Expression;
        if (number is null || Suggestions(diagnostic) is not [var rank, ..]) yield break;

        ExpressionSyntax lower = number is LiteralExpressionSyntax literal && literal.IsKind(SyntaxKind.StringLiteralExpression)
            ? SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(Entry(literal.Token.ValueText, rank)))
            : SyntaxFactory.ParseExpression(rank);
        yield return Offer.Replace($"Use rank {rank}", root => root.ReplaceNode(number, lower.WithTriviaFrom(number)));
    }

    private static string Entry(string entry, string rank) => entry.Substring(0, entry.LastIndexOf('=') + 1) + rank;
}
