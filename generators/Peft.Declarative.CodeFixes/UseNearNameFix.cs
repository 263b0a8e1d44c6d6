namespace Peft.Declarative.CodeFixes;

/// <summary>Replaces a misspelled layer or file with the closest one: by <c>nameof</c> if the compiler can check it, otherwise by a string.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class UseNearNameFix() : RuleFix(RuleIds.TargetNotFound, RuleIds.PatternKeyUnmatched, RuleIds.BaseConfigUnreadable)
{
    private protected override IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic) =>
        node is ExpressionSyntax typed
            ? Suggestions(diagnostic).Select(name => new Offer($"Change to '{name}'", (document, cancellation) => Replace(document, typed, name, cancellation)))
            : [];

    private static async Task<Document> Replace(Document document, ExpressionSyntax typed, string name, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        SemanticModel semantics = (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false))!;
        var type = typed.FirstAncestorOrSelf<TypeDeclarationSyntax>();
        bool isMember = type is not null && semantics.GetDeclaredSymbol(type, cancellation)?.GetMembers(name).Any() == true;
        string entry = (typed as LiteralExpressionSyntax)?.Token.ValueText ?? "";

        // Only entries of patterns have a value after the name.
        int equals = typed.FirstAncestorOrSelf<AttributeArgumentSyntax>()?.NameEquals?.Name.Identifier.ValueText.EndsWith("Pattern", System.StringComparison.Ordinal) == true ? entry.LastIndexOf('=') : -1;
        if (equals >= 0) (name, isMember) = (name + entry.Substring(equals), false);
        ExpressionSyntax replacement = isMember
            ? SyntaxFactory.ParseExpression($"nameof({name})")
            : SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(name));
        return document.WithSyntaxRoot(root.ReplaceNode(typed, replacement.WithTriviaFrom(typed)));
    }
}
