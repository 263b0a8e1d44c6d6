namespace Peft.Declarative.CodeFixes;

/// <summary>Removes an entry or an argument without effect.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RemoveEntryFix() : RuleFix(RuleIds.SelectorWithoutEffect)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<AttributeArgumentSyntax>() is not { NameEquals: { } name } argument) yield break;

        SyntaxNode? element = node.FirstAncestorOrSelf<ExpressionElementSyntax>() is { Parent: CollectionExpressionSyntax { Elements.Count: > 1 } } listed ? listed
            : node.Parent is InitializerExpressionSyntax { Expressions.Count: > 1 } ? node
            : null;
        yield return element is not null
            ? Offer.Replace($"Remove {node}", root => root.RemoveNode(element, SyntaxRemoveOptions.KeepNoTrivia)!)
            : Offer.Replace($"Remove {name.Name.Identifier.ValueText}", root => root.RemoveNode(argument, SyntaxRemoveOptions.KeepNoTrivia)!);
    }
}
