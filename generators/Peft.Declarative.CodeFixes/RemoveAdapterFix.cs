namespace Peft.Declarative.CodeFixes;

/// <summary>Removes one of two adapters that cannot be combined.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RemoveAdapterFix() : RuleFix(RuleIds.Incompatible)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<AttributeSyntax>() is { } second)
        {
            yield return Offer.Replace($"Remove this [{second.Name}]", root => Attributes.Remove(root, second));
        }

        SyntaxNode root = node.SyntaxTree.GetRoot();
        Location? other = diagnostic.AdditionalLocations.FirstOrDefault(location => location.SourceTree == node.SyntaxTree);
        if (other is not null && root.FindNode(other.SourceSpan).FirstAncestorOrSelf<AttributeSyntax>() is { } first)
        {
            yield return Offer.Replace($"Remove the other [{first.Name}]", present => Attributes.Remove(present, first));
        }
    }
}
