namespace Peft.Declarative.CodeFixes;

/// <summary>Names an adapter: the second of two with the same name, or one that [Personas] is not to repeat.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class NameAdapterFix() : RuleFix(RuleIds.DuplicateName, RuleIds.PersonasUnclear)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute || Suggestions(diagnostic) is not [var name, ..]) yield break;

        AttributeArgumentSyntax? given = attribute.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == "Name");
        ExpressionSyntax value = SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(name));
        if (node.FirstAncestorOrSelf<AttributeArgumentSyntax>() is { NameEquals: null, Expression: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } listed })
        {
            yield return Offer.Replace($"Change to \"{name}\"", root => root.ReplaceNode(listed, value));
            yield break;
        }

        yield return Offer.Replace($"Set Name to \"{name}\"", root => given is not null
            ? root.ReplaceNode(given.Expression, value)
            : root.ReplaceNode(attribute, AddName(attribute, value)));
    }

    private static AttributeSyntax AddName(AttributeSyntax attribute, ExpressionSyntax value)
    {
        NameEqualsSyntax name = SyntaxFactory.NameEquals(
            SyntaxFactory.IdentifierName("Name"), SyntaxFactory.Token(SyntaxKind.EqualsToken).WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(SyntaxFactory.Space));
        AttributeArgumentListSyntax list = attribute.ArgumentList ?? SyntaxFactory.AttributeArgumentList();
        AttributeArgumentSyntax argument = SyntaxFactory.AttributeArgument(name, nameColon: null, value);
        if (list.Arguments.Count > 0) argument = argument.WithLeadingTrivia(SyntaxFactory.Space);
        return attribute.WithArgumentList(list.AddArguments(argument));
    }
}
