namespace Peft.Declarative.CodeFixes;

/// <summary>Removes an attribute without effect, because the class has no adapter.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RemoveIdleFix() : RuleFix(RuleIds.NoAdapter)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<AttributeSyntax>() is { } attribute) yield return Offer.Replace($"Remove [{attribute.Name}]", root => Attributes.Remove(root, attribute));
    }
}
