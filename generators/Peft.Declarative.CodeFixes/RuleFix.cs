using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeActions;
using Peft.Declarative.Generators.Rules;

namespace Peft.Declarative.CodeFixes;

/// <summary>The base class of all fixes, which replaces the syntax at the span of a diagnostic.</summary>
public abstract class RuleFix : CodeFixProvider
{
    private readonly ImmutableArray<string> _ids;

    private protected RuleFix(params string[] ids) => _ids = [.. ids];

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds => _ids;

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not { } node) continue;

            foreach (Offer offer in Offers(node, diagnostic))
            {
                context.RegisterCodeFix(CodeAction.Create(offer.Title, cancellation => offer.Change(context.Document, cancellation), offer.Title), diagnostic);
            }
        }
    }

    /// <summary>Gets the possible changes for a diagnostic, best first.</summary>
    private protected abstract IEnumerable<Offer> Offers(SyntaxNode node, Diagnostic diagnostic);

    /// <summary>Gets the suggestions of the analyzer, best first.</summary>
    private protected static string[] Suggestions(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(FixFacts.Suggestions, out string? all) && !string.IsNullOrEmpty(all) ? all!.Split('\n') : [];
}
