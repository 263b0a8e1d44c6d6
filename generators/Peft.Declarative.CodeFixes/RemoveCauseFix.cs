namespace Peft.Declarative.CodeFixes;

/// <summary>Removes the argument that excludes all layers, or the attribute, if nothing is adapted.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class RemoveCauseFix() : RuleFix(RuleIds.NothingAdapted)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node.FirstAncestorOrSelf<AttributeArgumentSyntax>() is { NameEquals: { } name } argument)
        {
            yield return Offer.Replace($"Remove {name.Name.Identifier.ValueText}", root => root.RemoveNode(argument, SyntaxRemoveOptions.KeepNoTrivia)!);
        }

        if (node.FirstAncestorOrSelf<AttributeSyntax>() is { } attribute)
        {
            yield return Offer.Replace($"Remove [{attribute.Name}]", root => Attributes.Remove(root, attribute));
        }
    }
}
