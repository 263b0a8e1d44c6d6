namespace Peft.Declarative.CodeFixes;

/// <summary>Removes an attribute without effect, because the class has no adapter, or none that the attribute is for.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RemoveIdleFix() : RuleFix(RuleIds.NoAdapter, RuleIds.PersonasUnclear)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (Suggestions(diagnostic).Length == 0 && node.FirstAncestorOrSelf<AttributeSyntax>() is { } attribute) yield return Offer.Replace($"Remove [{attribute.Name}]", root => Attributes.Remove(root, attribute));
    }
}
