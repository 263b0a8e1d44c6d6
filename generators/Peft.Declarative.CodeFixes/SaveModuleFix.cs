namespace Peft.Declarative.CodeFixes;

/// <summary>Moves a target that cannot be adapted to the modules that are trained in full.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class SaveModuleFix() : RuleFix(RuleIds.KindNotAdaptable)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<ExpressionElementSyntax>() is not { Parent: CollectionExpressionSyntax { Elements.Count: > 1 } targets } element) yield break;
        if (node.FirstAncestorOrSelf<AttributeSyntax>() is not { ArgumentList: { } list } attribute || list.Arguments.Any(argument => argument.NameEquals?.Name.Identifier.ValueText == "ModulesToSave")) yield break;

        AttributeArgumentSyntax saved = SyntaxFactory.AttributeArgument(SyntaxFactory.ParseExpression($"[{element.Expression}]"))
            .WithNameEquals(SyntaxFactory.NameEquals(SyntaxFactory.IdentifierName("ModulesToSave").WithTrailingTrivia(SyntaxFactory.Space)).WithTrailingTrivia(SyntaxFactory.Space))
            .WithLeadingTrivia(SyntaxFactory.Space);
        AttributeSyntax without = attribute.RemoveNode(element, SyntaxRemoveOptions.KeepNoTrivia)!;
        AttributeSyntax changed = without.WithArgumentList(without.ArgumentList!.AddArguments(saved));
        yield return Offer.Replace($"Move {element.Expression} to ModulesToSave", root => root.ReplaceNode(attribute, changed));
    }
}
