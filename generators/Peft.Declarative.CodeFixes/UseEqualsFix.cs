namespace Peft.Declarative.CodeFixes;

/// <summary>Replaces the colon in an entry of a pattern, as in the files of other libraries, with an equals sign.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class UseEqualsFix() : RuleFix(RuleIds.BadPatternEntry)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node is not LiteralExpressionSyntax { Token.ValueText: var entry } literal || entry.Contains('=')) yield break;

        int colon = entry.LastIndexOf(':');
        if (colon <= 0 || colon == entry.Length - 1) yield break;

        string written = $"{entry.Substring(0, colon).Trim()}={entry.Substring(colon + 1).Trim()}";
        LiteralExpressionSyntax changed = SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(written)).WithTriviaFrom(literal);
        yield return Offer.Replace($"Change to \"{written}\"", root => root.ReplaceNode(literal, changed));
    }
}
