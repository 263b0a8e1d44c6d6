namespace Peft.Declarative.CodeFixes;

/// <summary>Makes a private member internal, so that generated code reaches the layer behind it, also in another file.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class MakeInternalFix() : RuleFix(RuleIds.SlotOutOfReach)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic)
    {
        if (diagnostic.AdditionalLocations.FirstOrDefault() is not { SourceTree: { } tree } place) yield break;
        if (tree.GetRoot().FindNode(place.SourceSpan).FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member || NameOf(member) is not { } name) yield break;

        SyntaxTokenList rest = SyntaxFactory.TokenList(member.Modifiers.Where(word => !word.IsKind(SyntaxKind.PrivateKeyword) && !word.IsKind(SyntaxKind.ProtectedKeyword)));
        SyntaxToken access = SyntaxFactory.Token(SyntaxKind.InternalKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        SyntaxNode changed = member.WithoutLeadingTrivia().WithModifiers(rest.Insert(0, access)).WithLeadingTrivia(member.GetLeadingTrivia());
        if (member.Modifiers.Count == 0) changed = Before(member, access);
        yield return new Offer($"Make '{name}' internal", async (document, cancellation) =>
        {
            Document other = document.Project.Solution.GetDocument(tree) ?? document;
            SyntaxNode root = (await other.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
            return other.WithSyntaxRoot(root.ReplaceNode(root.FindNode(place.SourceSpan).FirstAncestorOrSelf<MemberDeclarationSyntax>()!, changed));
        });
    }

    /// <summary>Adds the word before the type of a member without modifiers, behind its attributes.</summary>
    private static MemberDeclarationSyntax Before(MemberDeclarationSyntax member, SyntaxToken access)
    {
        TypeSyntax type = member is PropertyDeclarationSyntax property ? property.Type : ((FieldDeclarationSyntax)member).Declaration.Type;
        return member.ReplaceNode(type, type.WithoutLeadingTrivia()).WithModifiers(SyntaxFactory.TokenList(access.WithLeadingTrivia(type.GetLeadingTrivia())));
    }

    private static string? NameOf(MemberDeclarationSyntax member) => member switch
    {
        FieldDeclarationSyntax { Declaration.Variables: [var only] } => only.Identifier.ValueText,

        // What is already visible has a setter that is not.
        PropertyDeclarationSyntax property when !property.Modifiers.Any(SyntaxKind.PublicKeyword) && !property.Modifiers.Any(SyntaxKind.InternalKeyword) => property.Identifier.ValueText,
        _ => null,
    };
}
