namespace Peft.Declarative.CodeFixes;

/// <summary>Replaces a number that is out of range with the nearest valid one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class SetNumberFix() : RuleFix(RuleIds.OutOfRange)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        ExpressionSyntax? number = node as ExpressionSyntax ?? (node as AttributeArgumentSyntax)?.Expression;
        if (number is null || Suggestions(diagnostic) is not [var nearest, ..]) yield break;

        ExpressionSyntax valid = SyntaxFactory.ParseExpression(nearest).WithTriviaFrom(number);
        yield return Offer.Replace($"Use {nearest}", root => root.ReplaceNode(number, valid));
    }
}
