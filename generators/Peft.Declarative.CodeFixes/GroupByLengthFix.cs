namespace Peft.Declarative.CodeFixes;

/// <summary>Replaces Packing with GroupByLength, which reduces padding if texts cannot be packed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class GroupByLengthFix() : RuleFix(RuleIds.CannotPack)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<AttributeArgumentSyntax>() is not { NameEquals: { } name, Parent: AttributeArgumentListSyntax list } argument) yield break;

        bool grouped = list.Arguments.Any(other => other.NameEquals?.Name.Identifier.ValueText == "GroupByLength");
        if (grouped) yield return Offer.Replace("Remove Packing", root => root.RemoveNode(argument, SyntaxRemoveOptions.KeepNoTrivia)!);
        else yield return Offer.Replace("Use GroupByLength instead", root => root.ReplaceNode(name.Name, SyntaxFactory.IdentifierName("GroupByLength").WithTriviaFrom(name.Name)));
    }
}
